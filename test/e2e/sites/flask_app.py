"""A Flask app with everything that a gateway could spoil: forms, its own session, flashes, absolute redirects, uploads, a stream.

It has no login of its own. Flask-Login's current_user is whoever Remote-User names (docs/verify/flask_headers.py).
"""
import hashlib, os, threading
from urllib.parse import unquote
from flask import Flask, Response, flash, jsonify, redirect, render_template_string, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_required
from werkzeug.middleware.proxy_fix import ProxyFix

PEERS = frozenset(os.environ.get("EDGEGATE_PEERS", "127.0.0.1").split(","))

class Visitor(UserMixin):
    def __init__(self, user, name, groups):
        self.id, self.name, self.groups = user, name, groups

app = Flask(__name__)
app.config.update(SECRET_KEY="only this test knows it", REMEMBER_COOKIE_NAME="unused")
# The public address in links and mails. Not x_for: REMOTE_ADDR must stay that of the neighbour who connects.
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=0, x_proto=1, x_host=1)

@LoginManager(app).request_loader
def load_visitor(request):
    if request.environ["REMOTE_ADDR"] not in PEERS:
        return None
    user, name, groups = (
        unquote(request.headers.get(header, "")) for header in ("Remote-User", "Remote-Name", "Remote-Groups")
    )
    return Visitor(user, name, [group for group in groups.split(",") if group]) if user else None

ACKNOWLEDGED = [threading.Event() for _ in range(3)]

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Workshop</title>
<link rel="icon" href="data:,">
<h1>{{ title }}</h1>
<p id="who">{{ current_user.name if current_user.is_authenticated else "nobody" }}</p>
{% for message in get_flashed_messages() %}<p role="status">{{ message }}</p>{% endfor %}
{{ body|safe }}
<p><a href="{{ url_for('board', _external=True) }}">Board</a> <a href="/auth/logout?next=/">Sign out</a></p></html>"""

BOARD = """<form method="post" action="/board"><label>Note <input name="note"></label><button>Pin</button></form>
<form method="post" action="/upload" enctype="multipart/form-data">
<label>File <input type="file" name="file"></label><button>Upload</button></form>
<p id="count">{}</p><ul>{}</ul>"""

def page(title, body=""):
    return render_template_string(PAGE, title=title, body=body)

@app.get("/")
def home():
    return page("Workshop")

@app.get("/board")
@login_required
def board():
    session["views"] = session.get("views", 0) + 1
    notes = "".join(render_template_string("<li>{{ note }}</li>", note=note) for note in session.get("notes", []))
    return page("Board", BOARD.format(session["views"], notes))

@app.post("/board")
@login_required
def pin():
    session["notes"] = session.get("notes", []) + [request.form["note"]]
    flash(f"Pinned by {current_user.name}")
    return redirect(url_for("board", _external=True))

@app.post("/upload")
@login_required
def upload():
    file = request.files["file"]
    data = file.read()
    flash(f"{file.filename}: {len(data)} bytes, {hashlib.sha256(data).hexdigest()}")
    return redirect(url_for("board"))

@app.get("/old")
@login_required
def old():
    """An app that builds addresses from the Host header that reached it: its own address, not the public one."""
    return redirect(f"http://{request.environ['werkzeug.proxy_fix.orig']['HTTP_HOST']}/board?from=old")

@app.get("/tools/")
@login_required
def tools():
    return page("Tools")

@app.get("/stream")
@login_required
def stream():
    """Sends the next line once the previous one has been acknowledged: whoever buffers never gets to the end."""
    user = current_user._get_current_object()
    def lines():
        for number in range(3):
            yield f"line {number} for {user.id}\n"
            if not ACKNOWLEDGED[number].wait(20):
                return
    return Response(lines(), mimetype="text/plain")

@app.post("/stream/<int:number>")
@login_required
def acknowledge(number):
    ACKNOWLEDGED[number].set()
    return "", 204

@app.get("/whoami")
@login_required
def whoami():
    return jsonify(
        user=current_user.id,
        name=current_user.name,
        groups=current_user.groups,
        url=request.url,
        cookies=sorted(request.cookies),
    )
