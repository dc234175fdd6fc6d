import { jsonResponse } from '../http/json.ts'
import { textsOf } from '../http/page.ts'
import { ownError, type Route } from '../http/route.ts'
import { listOf } from '../http/shapes.ts'
import type { Visit } from '../http/visit.ts'
import type { Mailbox } from '../mail/mailbox.ts'
import type { Services, Site } from '../services.ts'
import { htmlResponse } from '../ui/html-response.ts'
import { mailDocument } from './document.ts'
import { renderMailboxPage, renderMailPage } from './page.tsx'

/** For development: what would have been sent. */
export const devRoutes: readonly Route[] = [
  { path: '/dev/mail', kind: 'page', GET: showMailbox },
  { path: '/dev/mail/:id', kind: 'page', GET: showMail },
  { path: '/dev/mail/:id/html', kind: 'page', GET: showHtml },
  {
    path: '/api/dev/mail',
    kind: 'api',
    GET: listMails,
    describe: {
      GET: {
        summary: 'The mailbox of development, which exists nowhere else',
        answers: { 200: () => listOf('mails') },
      },
    },
  },
]

const PAGE_SIZE = 50

/** The mailbox, where there is one: only with EDGEGATE_DEV, and then only for a visitor at a loopback address (P21). */
function mailboxFor({ mailbox }: Services, { local }: Site): Mailbox | null {
  return local ? mailbox : null
}

async function showMailbox(services: Services, site: Site, visit: Visit): Promise<Response> {
  const mailbox = mailboxFor(services, site)
  if (!mailbox) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
  const theme = await site.compiledTheme()
  const body = renderMailboxPage({
    texts: textsOf(visit),
    theme,
    mailboxHref: `${services.settings.basePath}/dev/mail`,
    mails: await mailbox.list(PAGE_SIZE),
    now: services.now(),
  })
  return htmlResponse(body, { theme, https: site.secure })
}

async function showMail(services: Services, site: Site, visit: Visit): Promise<Response> {
  const mail = await mailboxFor(services, site)?.find(visit.url.pathname.split('/').at(-1) ?? '')
  if (!mail) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
  const theme = await site.compiledTheme()
  const mailboxHref = `${services.settings.basePath}/dev/mail`
  const body = renderMailPage({ texts: textsOf(visit), theme, mailboxHref, mail })
  return htmlResponse(body, { theme, https: site.secure, frames: ["'self'"] })
}

async function showHtml(services: Services, site: Site, visit: Visit): Promise<Response> {
  const mail = await mailboxFor(services, site)?.find(visit.url.pathname.split('/').at(-2) ?? '')
  if (!mail) return await ownError({ kind: 'page' }, services, site, visit, 'not_found')
  return mailDocument(mail.html, site.secure)
}

/** For tests of a site that follow the links of its mails. */
async function listMails(services: Services, site: Site, visit: Visit): Promise<Response> {
  const mailbox = mailboxFor(services, site)
  if (!mailbox) return await ownError({ kind: 'api' }, services, site, visit, 'not_found')
  const mails = (await mailbox.list(PAGE_SIZE)).map(({ id, recipient, sender, subject, text, html, at }) => ({
    id,
    to: recipient,
    from: sender,
    subject,
    text,
    html,
    at: new Date(at).toISOString(),
  }))
  return jsonResponse({ mails }, { secure: site.secure })
}
