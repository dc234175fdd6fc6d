import type { Child } from 'hono/jsx'
import { SENDING_FIELD } from '../kept-post/sending.ts'
import { Icon } from '../ui/icon.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { safeHref } from '../ui/safe-href.ts'
import { describeBytes } from '../ui/text/bytes.ts'
import { fill, type Texts } from '../ui/text/text.ts'
import { describeWait } from '../ui/text/wait.ts'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'
import type { Contents, Field } from './contents.ts'

interface PageProps {
  readonly texts: Texts
  readonly theme: CompiledTheme
}

export interface ResumePageProps extends PageProps {
  readonly id: string
  /** The whole address: a path alone that begins with `//` would be another host's. */
  readonly address: string
  readonly target: string
  readonly userLabel: string
  /** `null` where it cannot be shown. */
  readonly contents: Contents | null
  readonly bytes: number
  readonly secondsLeft: number
}

/** Shows a form that was kept: where it goes and what it holds. Sending and discarding are posts; looking changes nothing. */
export function renderResumePage(props: ResumePageProps): string {
  const { texts, theme, id } = props
  const wait = describeWait(props.secondsLeft, texts.lang)
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.resumeTitle}>
      <h1>{texts.resumeTitle}</h1>
      <p class="muted">{texts.resumeText}</p>
      <p class="who">
        <span class="label">{texts.signedInAs}</span> <bdi>{visibleText(props.userLabel)}</bdi>
      </p>
      <p class="who">
        <span class="label">{texts.resumeTo}</span> <bdi>POST {visibleText(cutMiddle(props.target))}</bdi>
      </p>
      <section>
        <h2>{texts.resumeFields}</h2>
        <WhatIsSent {...props} />
      </section>
      <form method="post" class="after" enctype="text/plain" action={safeHref(props.address) ?? undefined}>
        <input type="hidden" name={SENDING_FIELD} value={id} />
        <button class="button" type="submit">
          {texts.resumeSend}
        </button>
      </form>
      <Discard texts={texts} id={id} />
      {wait !== null && <p class="small">{fill(texts.resumeUntil, { wait })}</p>}
    </Layout>,
  )
}

function WhatIsSent({ texts, contents, bytes }: ResumePageProps) {
  if (contents === null)
    return <p>{fill(texts.resumeUnreadable, { size: describeBytes(bytes, texts.lang) })}</p>
  if (contents.fields.length === 0) return <p>{texts.resumeNothing}</p>
  return (
    <dl class="fields">
      {contents.fields.map((field) => (
        <div>
          <dt>
            <bdi>{visibleText(field.name)}</bdi>
          </dt>
          <dd>
            <Value texts={texts} value={field.value} />
          </dd>
        </div>
      ))}
      {contents.more > 0 && (
        <div>
          <dt>{fill(texts.resumeMore, { count: String(contents.more) })}</dt>
        </div>
      )}
    </dl>
  )
}

function Value({ texts, value }: { readonly texts: Texts; readonly value: Field['value'] }) {
  switch (value.kind) {
    case 'secret':
      return <Remark>{texts.resumeHidden}</Remark>
    case 'file':
      return (
        <>
          <bdi>{visibleText(value.name)}</bdi> <Remark>{describeBytes(value.bytes, texts.lang)}</Remark>
        </>
      )
    case 'text':
      return value.text.trim() === '' ? (
        <Remark>{texts.resumeEmpty}</Remark>
      ) : (
        <bdi>
          {value.text
            .split(/\r\n|\r|\n/)
            .map(visibleText)
            .join('\n')}
        </bdi>
      )
  }
}

function Remark({ children }: { readonly children: Child }) {
  return <span class="hint">{children}</span>
}

function Discard({ texts, id }: { readonly texts: Texts; readonly id: string }) {
  return (
    <form method="post" class="after">
      <input type="hidden" name="post" value={id} />
      <button class="button quiet" type="submit">
        {texts.resumeDiscard}
      </button>
    </form>
  )
}

function cutMiddle(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 120)}…${text.slice(-60)}`
}

/** Another account than the form's is signed in. What is in it is theirs alone, so nothing of it is shown. */
export function renderOtherAccountPage({
  texts,
  theme,
  id,
  userLabel,
  switchHref,
}: PageProps & { readonly id: string; readonly userLabel: string; readonly switchHref: string }): string {
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.resumeOtherTitle}>
      <div class="sign note" aria-hidden="true">
        <Icon name="lock" size={24} />
      </div>
      <h1>{texts.resumeOtherTitle}</h1>
      <p class="muted">{texts.resumeOtherText}</p>
      <p class="who">
        <span class="label">{texts.signedInAs}</span> <bdi>{visibleText(userLabel)}</bdi>
      </p>
      <SafeLink href={switchHref} class="button">
        {texts.signInOther}
      </SafeLink>
      <Discard texts={texts} id={id} />
    </Layout>,
  )
}

/** Sent, discarded, too old, or another browser's: one page for all, as nobody else need know which. */
export function renderGonePage({ texts, theme }: PageProps): string {
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.resumeGoneTitle}>
      <div class="sign note" aria-hidden="true">
        <Icon name="clock" size={24} />
      </div>
      <h1>{texts.resumeGoneTitle}</h1>
      <p class="muted">{texts.resumeGoneText}</p>
      <SafeLink href="/" class="button">
        {texts.goHome}
      </SafeLink>
    </Layout>,
  )
}
