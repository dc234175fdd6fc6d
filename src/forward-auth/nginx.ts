import type { Refuse } from '../gate/protect.ts'
import { refuse } from '../gate/refuse.ts'
import { type Asked, asItIs, type Dialect, setEachCookie } from './dialect.ts'

/** Carried by nginx from the first answer to the second question. */
const BECAUSE = 'x-edgegate-because'

/**
 * nginx's `auth_request`: one header holds the whole address. nginx throws away the body of an answer and takes any status but 2xx, 401
 * and 403 for a fault of its own. So every refusal is a bare 403, upon which nginx asks `nginx/refusal` and hands on what that says.
 */
export const nginx: Dialect = {
  read: readOriginal,
  refuse: async (_services, _site, _visit, refused) =>
    new Response(null, {
      status: 403,
      headers: refused.reason === 'credential_refused' ? { [BECAUSE]: refused.because } : {},
    }),
  notAllowed({ headers }, cookies) {
    const because = headers.get(BECAUSE)
    const bare = new Response(null, { status: 403, headers: because ? { [BECAUSE]: because } : {} })
    setEachCookie(bare.headers, cookies)
    return bare
  },
}

/** The first question has used up a credential that was refused: asked again, it is unknown, and the visitor would not hear why. */
const refuseOnceMore: Refuse = (services, site, visit, refused) => {
  const because = visit.request.headers.get(BECAUSE)
  return because && refused.reason === 'not_authenticated'
    ? refuse(services, site, visit, { reason: 'credential_refused', because, rule: refused.rule })
    : refuse(services, site, visit, refused)
}

/** What a visitor is shown whom nginx was told to refuse. */
export const nginxRefusal: Dialect = {
  read: readOriginal,
  refuse: refuseOnceMore,
  notAllowed: asItIs,
  isForVisitor: true,
}

const ADDRESS = /^(https?):\/\/([^/?#\\@]+)(\/.*)$/

function readOriginal({ headers }: Request): Asked | null {
  const method = headers.get('x-original-method')
  const [, scheme, host, target] = ADDRESS.exec(headers.get('x-original-url') ?? '') ?? []
  return method && scheme && host && target ? { method, scheme, host, target } : null
}
