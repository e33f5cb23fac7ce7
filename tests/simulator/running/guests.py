"""Applications as their authors wrote them: nothing of the simulator's is named here."""

from __future__ import annotations

#: Twilio's SDK, requests and a WebSocket library, each as its documents say.
PYTHON = '''
import json, os, sys

import requests, websocket
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
number = os.environ["TWILIO_PHONE_NUMBER"]
call = client.calls.create(to="+15550100001", from_=number, twiml="<Response><Pause/></Response>")
try:
    client.calls.create(to="nobody", from_=number, twiml="<Response/>")
    code = 0
except TwilioRestException as exc:
    code = exc.code
allowed = client.voice.v1.dialing_permissions.countries("US").fetch()
direct = requests.get("https://api.twilio.com/2010-04-01/Accounts.json", auth=("nobody", "x"), timeout=10)
socket = websocket.create_connection(
    "wss://api.openai.com/v1/realtime?model=gpt-realtime",
    header=["Authorization: Bearer " + os.environ["OPENAI_API_KEY"]], timeout=10,
)
first = json.loads(socket.recv())["type"]
socket.close()
print(json.dumps({"sid": call.sid, "code": code, "iso": allowed.iso_code, "direct": direct.status_code,
                  "event": first, "port": os.environ["PORT"]}))
sys.exit(7)
'''

#: Clients that look at no proxy variable: the host's name has to lead to the front by itself.
PYTHON_WITHOUT_PROXIES = '''
import asyncio, http.client, json, os, socket, ssl

import aiohttp

PROXIES = [os.environ.pop(name) for name in ("HTTPS_PROXY", "https_proxy")]


async def realtime():
    async with aiohttp.ClientSession() as session:
        url = "https://api.openai.com/v1/realtime?model=gpt-realtime"
        async with session.ws_connect(url, headers={"Authorization": "Bearer any"}) as socket:
            return (await socket.receive_json())["type"]


plain = http.client.HTTPSConnection("api.dublin.ie1.twilio.com", context=ssl.create_default_context())
plain.request("GET", "/2010-04-01/Accounts.json")
elsewhere = socket.getaddrinfo("localhost", 443)[0][4][1]
print(json.dumps({"event": asyncio.run(realtime()), "status": plain.getresponse().status, "port": elsewhere}))
'''

NODE = r'''
import https from 'node:https'
import tls from 'node:tls'
import { randomBytes } from 'node:crypto'

const user = `${process.env.TWILIO_ACCOUNT_SID}:${process.env.TWILIO_AUTH_TOKEN}`
const auth = 'Basic ' + Buffer.from(user).toString('base64')
const url = `https://api.twilio.com/2010-04-01/Accounts/${process.env.TWILIO_ACCOUNT_SID}/Calls.json`

const byFetch = await fetch(url, { headers: { authorization: auth } })
const body = new URLSearchParams(
  { To: '+15550100001', From: process.env.TWILIO_NUMBER, Twiml: '<Response/>' }).toString()
const agent = new https.Agent({ keepAlive: true }) // an SDK's own, which looks at no proxy variable
const call = await new Promise((resolve, reject) => {
  const headers = { authorization: auth, 'content-type': 'application/x-www-form-urlencoded' }
  const request = https.request(url, { method: 'POST', agent, headers }, async response => {
    let text = ''
    for await (const piece of response) text += piece
    resolve(JSON.parse(text))
  })
  request.on('error', reject)
  request.end(body)
})
agent.destroy()

// A WebSocket as the usual library opens one: TLS to the host, then the upgrade by hand.
const key = randomBytes(16).toString('base64')
const event = await new Promise((resolve, reject) => {
  const socket = tls.connect({ host: 'api.openai.com', port: 443, servername: 'api.openai.com' }, () => {
    socket.write('GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: api.openai.com\r\n' +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: ${key}\r\nAuthorization: Bearer any\r\n\r\n`)
  })
  let seen = ''
  socket.on('data', data => {
    seen += data.toString('latin1')
    const found = /"type": ?"(session\.created)"/.exec(seen)
    if (found) { socket.destroy(); resolve(seen.split('\r\n')[0] + ' ' + found[1]) }
  })
  socket.on('error', reject)
})
console.log(JSON.stringify({ list: byFetch.status, sid: call.sid, event }))
process.exitCode = 3
'''

#: Says when it is up, and what it is told.
WAITING = '''
import signal, sys, time

def told(number, frame):
    print("told", signal.Signals(number).name, flush=True)
    if number == signal.SIGTERM:
        sys.exit(5)

for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(number, told)
print("up", flush=True)
while True:
    time.sleep(0.05)
'''

#: An application that is phoned: its stream is wss:// at the host it was asked for, as samples have it.
PHONED = '''
import http.server, os, sys

class Page(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        ended = "CallStatus=completed" in form
        body = "<Response><Say>Hello.</Say></Response>"
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
        if ended:
            print("was phoned", flush=True)
            os._exit(0)

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
'''
