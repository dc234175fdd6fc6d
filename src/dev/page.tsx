import type { KeptMail } from '../mail/mailbox.ts'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import type { Texts } from '../ui/text/text.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

interface Frame {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly mailboxHref: string
}

/** What would have been sent, the newest first. */
export function renderMailboxPage(
  props: Frame & { readonly mails: readonly KeptMail[]; readonly now: number },
): string {
  const { texts, theme, mailboxHref, mails, now } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.mailboxTitle}>
      <h1>{texts.mailboxTitle}</h1>
      <p class="muted">{mails.length === 0 ? texts.mailboxEmpty : texts.mailboxText}</p>
      {mails.length > 0 && (
        <ul class="rows">
          {mails.map(({ id, subject, recipient, at }) => (
            <li>
              <div>
                <SafeLink href={`${mailboxHref}/${id}`} class="strong">
                  {visibleText(subject)}
                </SafeLink>
                <span class="hint">
                  <bdi>{visibleText(recipient)}</bdi> ·{' '}
                  <time datetime={new Date(at).toISOString()}>
                    {describeAgo(at, now, texts.lang, texts.justNow)}
                  </time>
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
      <SafeLink href={mailboxHref} class="button quiet">
        {texts.mailboxReload}
      </SafeLink>
    </Layout>,
  )
}

/** One mail: as a mail program shows it, and its plain part, whose links can be followed. */
export function renderMailPage({
  texts,
  theme,
  mailboxHref,
  mail,
}: Frame & { readonly mail: KeptMail }): string {
  const htmlHref = `${mailboxHref}/${mail.id}/html`
  return toDocument(
    <Layout texts={texts} theme={theme} title={mail.subject}>
      <h1>{visibleText(mail.subject)}</h1>
      <p class="who">
        <span class="label">{texts.mailboxFrom}</span> <bdi>{visibleText(mail.sender)}</bdi>
        <br />
        <span class="label">{texts.mailboxTo}</span> <bdi>{visibleText(mail.recipient)}</bdi>
      </p>
      <iframe
        class="mail"
        src={htmlHref}
        sandbox="allow-top-navigation-by-user-activation"
        title={texts.mailboxHtml}
      ></iframe>
      <section>
        <h2>{texts.mailboxPlain}</h2>
        <pre class="mail">
          <Linked text={mail.text} />
        </pre>
      </section>
      <ul class="links">
        <li>
          <SafeLink href={mailboxHref}>{texts.mailboxTitle}</SafeLink>
        </li>
        <li>
          <SafeLink href={htmlHref}>{texts.mailboxAlone}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

/** Links stand on lines of their own. */
function Linked({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .split(/^(https?:\/\/\S+)$/m)
        .map((part, index) => (index % 2 === 1 ? <SafeLink href={part}>{part}</SafeLink> : part))}
    </>
  )
}
