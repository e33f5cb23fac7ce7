// Loaded by Node before the application: connections to the fronted hosts lead to the simulator's front.
// Below every HTTP and WebSocket library there is one method that connects a socket; TLS still checks the
// certificate for the host that was asked for.
'use strict'
const net = require('node:net')

const [address, port] = (process.env.WARMTRANSFER_FRONT || '').split(':')
const hosts = (process.env.WARMTRANSFER_FRONTED || '').split(/\s+/).filter(Boolean)

function fronted (host) {
  const name = String(host || '').replace(/\.$/, '').toLowerCase()
  return hosts.some(each => name === each || (each.startsWith('*.') && name.endsWith(each.slice(1))))
}

if (port && hosts.length) {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...args) {
    const packed = Array.isArray(args[0]) // how Node itself hands on what it has sorted already
    const given = packed ? args[0][0] : args[0]
    if (given !== null && typeof given === 'object' && Number(given.port) === 443 && fronted(given.host)) {
      const there = { ...given, host: address, port: Number(port) }
      if (packed) args[0][0] = there
      else args[0] = there
    } else if (Number(given) === 443 && fronted(args[1])) {
      args.splice(0, 2, Number(port), address)
    }
    return connect.apply(this, args)
  }
}
