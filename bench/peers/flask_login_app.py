"""A page behind Flask-Login: its session cookie is checked and the user loaded, then it answers by itself."""

import os

from flask import Flask, Response
from flask_login import LoginManager, UserMixin, login_required, login_user

app = Flask(__name__)
app.secret_key = os.environ["BENCH_SECRET"]
manager = LoginManager(app)
PAGE = "<!doctype html><title>A page</title><p>".ljust(1023, "x") + "\n"


class User(UserMixin):
    def __init__(self, id):
        self.id = id


USERS = {"alice": User("alice")}


@manager.user_loader
def load(id):
    return USERS.get(id)


@app.post("/login")
def login():
    login_user(USERS["alice"])
    return "signed in"


@app.get("/page")
@login_required
def page():
    return Response(PAGE, mimetype="text/html", headers={"Cache-Control": "private"})
