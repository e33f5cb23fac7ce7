"""The plainest app whose telephone is answered: `flask --app examples.plain run`."""

from flask import Flask

from warmtransfer import WarmTransfer, from_environment

app = Flask(__name__)
app.config.update(from_environment())
app.config.setdefault("WARMTRANSFER_COMPANY", "the Corner Bakery")
app.config.setdefault("WARMTRANSFER_INSTRUCTIONS", "You answer the Corner Bakery's phone. It opens at six.")

WarmTransfer(app)
