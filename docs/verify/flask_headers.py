"""Flask behind Edgegate, on plain headers: Flask-Login's current_user is whoever Remote-User names.

Nothing is signed here. Whoever can connect to this app can be anybody, so it must listen where only the gateway's way in
ends: 127.0.0.1 behind a tunnel or a locked nginx. EDGEGATE_PEERS lists the addresses that may be believed. Do not put
ProxyFix in front of this check: it would take the address from a header.
"""
import os
from urllib.parse import unquote
from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_required

PEERS = frozenset(os.environ.get("EDGEGATE_PEERS", "127.0.0.1").split(","))

class Visitor(UserMixin):
    def __init__(self, user, email, name, groups):
        self.id, self.email, self.name, self.groups = user, email, name, groups

app = Flask(__name__)
app.config["REMEMBER_COOKIE_NAME"] = "unused"  # a leftover remember_token would keep the loader from being asked
@LoginManager(app).request_loader
def load_visitor(request):
    if request.environ["REMOTE_ADDR"] not in PEERS:
        return None
    user, email, name, groups = (
        unquote(request.headers.get(header, ""))  # what is not plain ASCII comes percent-encoded
        for header in ("Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups")
    )
    return Visitor(user, email, name, [group for group in groups.split(",") if group]) if user else None

@app.get("/whoami")
@login_required
def whoami():
    return {"user": current_user.id, "name": current_user.name, "groups": current_user.groups}
