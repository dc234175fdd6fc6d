import { test } from 'vitest'
import { describeVerifier } from './verify-contract.ts'
import { findPeer, run, start } from './verify-stage.ts'

const python = findPeer(
  ['/usr/bin/python3', 'python3'],
  ['-c', 'import django, jwt, cryptography'],
  'Python with Django and PyJWT',
)

/** The smallest Django project around the snippet. */
const APP = `
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from django.conf import settings
settings.configure(
    DEBUG=False, ALLOWED_HOSTS=["*"], SECRET_KEY="only for the test", ROOT_URLCONF=__name__,
    MIDDLEWARE=["django_assertion.EdgegateMiddleware"], LOGGING_CONFIG=None,
)
import django
django.setup()
from django.http import JsonResponse
from django.urls import path
from django_assertion import visitor_required
urlpatterns = [path("whoami", visitor_required(lambda request: JsonResponse({"user": request.visitor["sub"]})))]
from django.core.wsgi import get_wsgi_application
class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass
class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
print("http://127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
`

const JUDGE = `
import json, sys
from django_assertion import verify
print(json.dumps([verify(token) is not None for token in json.load(sys.stdin)]))
`

/** Leaves no bytecode beside the snippets. */
const quiet = (env: Readonly<Record<string, string>>) => ({ ...env, PYTHONDONTWRITEBYTECODE: '1' })

if (python === null) test('django_assertion.py', ({ skip }) => skip('no Python with Django and PyJWT here'))
else
  describeVerifier('django_assertion.py', {
    start: (env) => start(python, ['-c', APP], quiet(env)),
    route: '/whoami',
    verifyDirectly: async (tokens, env) =>
      JSON.parse(await run(python, ['-c', JUDGE], quiet(env), JSON.stringify(tokens))) as boolean[],
  })
