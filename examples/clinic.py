"""A clinic: departments, opening hours, appointments in its own tables, and an admin page behind a login.

Set the keys of docs/configuration.md and CLINIC_PASSWORD, then `flask --app examples.clinic run`. Callers ask
for the hours of a department, make an appointment, or are put through to one while somebody is there.
Appointments and calls are in one database; the staff's pages ask for a user, and the telephone's do not.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from flask import Flask, abort, redirect, request
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response

from warmtransfer import CallInfo, WarmTransfer, from_environment

#: Who is rung: counters with a telephone. Their description is what the AI, and a caller, knows them by.
COUNTERS = [
    {"name": "reception", "number": "+15550100001", "description": "anything, and appointments"},
    {"name": "radiology", "number": "+15550100002", "description": "X-rays and scans"},
    {"name": "pharmacy", "number": "+15550100003", "description": "prescriptions and medicines"},
]
HOURS = {
    "reception": "open from seven in the morning until eight in the evening",
    "radiology": "open on weekdays from eight until four",
    "pharmacy": "open every day from nine until six",
}
INSTRUCTIONS = """
You answer the telephone of the Lakeside Clinic. Be calm and brief. Never give medical advice.
You can tell a department's hours and make appointments. For an emergency say: hang up and dial 911.
For everything else hand the caller over to the department that fits.
"""


class Base(DeclarativeBase):
    """The clinic's own tables."""


db = SQLAlchemy(model_class=Base)
login = LoginManager()


class Counter(Base):
    """A telephone that callers are put through to, while somebody is there."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    description: Mapped[str]
    staffed: Mapped[bool] = mapped_column(default=True)


def counters() -> list[dict[str, str]]:
    """Who may be rung, as the clinic's table says: asked anew for every handoff."""
    return [
        {
            "name": each.name,
            "number": each.number,
            "department": each.name,  # nobody else is rung for it
            "description": each.description,
            "hours": "always" if each.staffed else "never",
        }
        for each in db.session.scalars(db.select(Counter).order_by(Counter.number))
    ]


warmtransfer = WarmTransfer(humans=counters, instructions=INSTRUCTIONS)


class Appointment(Base):
    """A day on which a caller wants to come."""

    __tablename__ = "appointment"
    id: Mapped[int] = mapped_column(primary_key=True)
    caller: Mapped[str]
    day: Mapped[str]


class Staff(UserMixin):  # type: ignore[misc]
    """The one user there is."""

    id = "staff"


@login.user_loader  # type: ignore[untyped-decorator]
def load(name: str) -> Staff | None:
    """The user of a session."""
    return Staff() if name == Staff.id else None


@warmtransfer.tool
def opening_hours(department: Literal["reception", "radiology", "pharmacy"]) -> str:
    """Says when a department is open."""
    return f"The {department} is {HOURS[department]}."


@warmtransfer.tool
def make_appointment(day: Annotated[str, "The weekday, such as Monday."], call: CallInfo) -> str:
    """Writes down an appointment for the caller."""
    db.session.add(Appointment(caller=call.caller, day=day))  # a tool has the app's context
    db.session.commit()
    return f"You are expected on {day}."


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """The clinic."""
    app = Flask(__name__)
    password = environ.get("CLINIC_PASSWORD", "")
    app.config.update(from_environment(environ), SECRET_KEY=environ.get("SECRET_KEY") or os.urandom(24))
    app.config.pop("WARMTRANSFER_HUMANS", None)  # the counters are the list
    app.config.setdefault("WARMTRANSFER_COMPANY", "the Lakeside Clinic")
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    db.init_app(app)
    login.init_app(app)
    warmtransfer.init_app(app)
    with app.app_context():
        db.create_all()  # its own tables; those of the calls are made by warmtransfer
        if not db.session.scalar(db.select(db.func.count(Counter.name))):
            db.session.add_all(Counter(**each) for each in COUNTERS)
            db.session.commit()

    @app.before_request
    def wall() -> Any:
        """A login for every page but this one and the telephone's."""
        ours = (request.blueprint or "").startswith("warmtransfer") or request.endpoint == "enter"
        return None if ours or current_user.is_authenticated else redirect("/login")

    @app.route("/login", methods=["GET", "POST"])
    def enter() -> str | Response:
        if request.method == "GET":
            return '<form method="post"><input name="password" type="password"><button>Enter</button></form>'
        if not password or not hmac.compare_digest(request.form.get("password", ""), password):
            abort(403)
        login_user(Staff())
        return redirect("/admin")

    @app.get("/admin")
    def admin() -> list[dict[str, str]]:
        """Who is to come when."""
        found = db.session.scalars(db.select(Appointment).order_by(Appointment.id))
        return [{"caller": each.caller, "day": each.day} for each in found]

    @app.post("/counters/<name>")
    def staff(name: str) -> tuple[str, int]:
        """Somebody comes to this counter, or goes."""
        counter = db.get_or_404(Counter, name)
        counter.staffed = request.form.get("staffed") == "yes"
        db.session.commit()
        return "", 204

    return app
