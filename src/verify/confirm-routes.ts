import type { Visit } from '../http/visit.ts'
import { spentPage } from '../proof/spent-page.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { renderNoticePage } from '../ui/notice-page.tsx'
import type { FormProblem } from '../ui/problem.tsx'
import { confirmAddress, findAddressProof, isOwnProof } from './confirm-address.ts'
import { answer, frameOf } from './create-routes.ts'
import { renderConfirmPage } from './pages.tsx'

export interface ConfirmState {
  readonly problem?: FormProblem
  readonly retryAfterSeconds?: number
}

/** The link that proves an account's address, opened. */
export async function confirmPage(
  services: Services,
  site: Site,
  visit: Visit,
  status: number,
  token: string,
  state: ConfirmState,
): Promise<Response> {
  const proof = await findAddressProof(services, visit, token)
  if (!proof) return await latePage(services, site, visit)
  const frame = await frameOf(site, visit, state)
  const body = renderConfirmPage({
    ...frame,
    token,
    email: proof.email,
    isChange: proof.purpose === 'email',
    asksPassword: !(await isOwnProof(services, visit, proof)),
    siteName: site.theme.name,
  })
  return answer(site, frame, status, body)
}

export async function answerConfirmed(
  services: Services,
  site: Site,
  visit: Visit,
  token: string,
  password: string | null,
): Promise<Response> {
  const result = await confirmAddress(services, visit, token, password)
  const again = (status: number, state: ConfirmState) =>
    confirmPage(services, site, visit, status, token, state)
  switch (result.kind) {
    case 'confirmed':
      return await saidPage(services, site, visit, 'confirmed')
    case 'taken':
      return await saidPage(services, site, visit, 'taken')
    case 'spent':
      return await latePage(services, site, visit)
    case 'wrong_credentials':
      return await again(401, { problem: 'wrong_credentials' })
    case 'throttled':
      return await again(429, { problem: 'throttled', retryAfterSeconds: result.retryAfterSeconds })
  }
}

async function saidPage(
  { settings }: Services,
  site: Site,
  visit: Visit,
  what: 'confirmed' | 'taken',
): Promise<Response> {
  const { texts, theme } = await frameOf(site, visit, {})
  const said =
    what === 'confirmed'
      ? ({ icon: 'check', tone: 'good', title: texts.confirmedTitle, text: texts.confirmedText } as const)
      : ({ icon: 'info', tone: 'note', title: texts.unusableTitle, text: texts.unusableText } as const)
  const links = [{ label: texts.accountTitle, href: `${settings.basePath}/account` }]
  const body = renderNoticePage({ texts, theme, ...said, paragraphs: [said.text], links })
  return htmlResponse(body, { status: what === 'confirmed' ? 200 : 409, theme, https: site.secure })
}

function latePage({ settings }: Services, site: Site, visit: Visit): Promise<Response> {
  return spentPage(site, visit, [{ label: 'accountTitle', href: `${settings.basePath}/account` }])
}
