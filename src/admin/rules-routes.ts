import { justSignedIn } from '../factor/just-signed-in.ts'
import type { Visitor } from '../gate/decide.ts'
import { type Explanation, explain } from '../gate/explain.ts'
import { isOwnPath } from '../gate/own-path.ts'
import { DEFAULT_RULE } from '../gate/rule.ts'
import { compileRules } from '../gate/rules.ts'
import { accountFrame } from '../http/account-frame.ts'
import { jsonResponse } from '../http/json.ts'
import { problemResponse } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { OBJECT } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Services, Site } from '../services.ts'
import { normalizeIdentifier } from '../user/identifier.ts'
import { adminPage } from './answers.ts'
import { asAdmin, asAdminApi } from './as-admin.ts'
import { type RulesQuestion, renderRulesPage } from './rules-page.tsx'

export const adminRulesRoutes: readonly Route[] = [
  { path: '/admin/rules', kind: 'page', GET: showRules },
  {
    path: '/api/admin/explain',
    kind: 'api',
    GET: apiExplain,
    describe: {
      GET: {
        summary: 'How a request would be judged, and why',
        needs: 'admin',
        query: { method: 'Default GET.', path: 'A path of the site.', as: 'Whose request; default nobody.' },
        answers: { 200: () => OBJECT },
      },
    },
  },
]

const MAX_PATH = 4096

function showRules(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdmin(services, site, visit, async (admin) => {
    const frame = await accountFrame(services, site, visit, admin)
    const question = questionOf(visit.query)
    const answer = question.path === '' ? null : await answerTo(services, site, question)
    const body = renderRulesPage({ frame, site: site.host, rules: site.rules, question, answer })
    return adminPage(frame, site, body, typeof answer === 'string' ? 400 : 200)
  })
}

function apiExplain(services: Services, site: Site, visit: Visit): Promise<Response> {
  return asAdminApi(services, site, visit, 'admin:read', async () => {
    const answer = await answerTo(services, site, questionOf(visit.query))
    if (typeof answer === 'string')
      return problemResponse('invalid_request', {
        detail: answer === 'unknown_user' ? '`as` names nobody' : '`path` must be one of the site',
        requestId: visit.requestId,
        secure: site.secure,
      })
    return jsonResponse(answer, { secure: site.secure })
  })
}

function questionOf(query: URLSearchParams): RulesQuestion {
  const method = (query.get('method') ?? 'GET').toUpperCase()
  return {
    method: /^[A-Z]{1,20}$/.test(method) ? method : 'GET',
    path: (query.get('path') ?? '').slice(0, MAX_PATH),
    as: (query.get('as') ?? '').trim().slice(0, 254),
  }
}

/** What the very functions that judge would say, to somebody who has just signed in. */
async function answerTo(
  services: Services,
  site: Site,
  question: RulesQuestion,
): Promise<Explanation | 'unknown_user' | 'no_path'> {
  const { basePath, session } = services.settings
  if (!question.path.startsWith('/') || isOwnPath(question.path.split('?')[0] ?? '', basePath))
    return 'no_path'
  const visitor = question.as === '' ? null : await visitorNamed(services, question.as)
  if (visitor === 'unknown_user') return visitor
  return explain(
    compileRules(site.rules, DEFAULT_RULE),
    { method: question.method, target: question.path, host: site.ruleHost, basePath },
    visitor,
    session.freshSeconds,
  )
}

async function visitorNamed({ users, settings }: Services, name: string): Promise<Visitor | 'unknown_user'> {
  const identifier = normalizeIdentifier(name)?.value
  const user =
    (identifier === undefined ? null : await users.findByIdentifier(identifier)) ??
    (await users.findById(name))
  if (!user || user.disabledAt !== null) return 'unknown_user'
  return justSignedIn(user, settings.mfa)
}
