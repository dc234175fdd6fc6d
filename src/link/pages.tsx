import type { Child } from 'hono/jsx'
import { CodeField } from '../ui/code-field.tsx'
import { IdentifierField } from '../ui/field.tsx'
import { HumanCheck, type HumanCheckProps } from '../ui/human-check.tsx'
import { Layout, SafeLink, toDocument } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { type FormProblem, FormProblemNotice } from '../ui/problem.tsx'
import type { Texts } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import type { CompiledTheme } from '../ui/theme.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface LinkFrame {
  readonly texts: Texts
  readonly theme: CompiledTheme
  readonly problem: FormProblem | null
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null
}

/** Asks who wants a link. The same page for everybody (P17). */
export function renderLinkPage(
  props: LinkFrame & {
    readonly identifier: string
    /** `null`: staying signed in is not offered. */
    readonly remember: boolean | null
    readonly next: string
    readonly loginHref: string
    readonly human: HumanCheckProps | null
  },
): string {
  const { texts, theme, problem } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.linkTitle} failed={problem !== null}>
      <h1>{texts.linkTitle}</h1>
      <Problem {...props} />
      <p class="muted">{texts.linkText}</p>
      <form method="post">
        <IdentifierField
          texts={texts}
          value={props.identifier}
          noticed={problem !== null}
          wrong={problem === 'invalid_form'}
          autofocus={true}
        />
        {props.remember !== null && (
          <div class="choice">
            <input type="checkbox" id="remember" name="remember" value="1" checked={props.remember} />
            <div>
              <label for="remember">{texts.rememberLabel}</label>
            </div>
          </div>
        )}
        <input type="hidden" name="next" value={props.next} />
        <HumanCheck texts={texts} check={props.human} />
        <button class="button" type="submit">
          {texts.linkSubmit}
        </button>
      </form>
      <ul class="links">
        <li>
          <SafeLink href={props.loginHref}>{texts.linkPassword}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

/** What the browser that asked shows meanwhile: a field for the code, and a number to compare. */
export function renderWaitPage(
  props: LinkFrame & {
    readonly number: string
    readonly isApproved: boolean
    readonly wrong: 'code' | 'not_yet' | null
    readonly againHref: string
  },
): string {
  const { texts, theme, problem, wrong } = props
  if (props.isApproved) {
    return toDocument(
      <Layout texts={texts} theme={theme} title={texts.linkApprovedTitle}>
        <h1>{texts.linkApprovedTitle}</h1>
        <Problem {...props} />
        <p class="muted">{texts.linkApprovedText}</p>
        <form method="post">
          <input type="hidden" name="action" value="continue" />
          <button class="button" type="submit" autofocus>
            {texts.linkContinue}
          </button>
        </form>
      </Layout>,
    )
  }
  return toDocument(
    <Layout
      texts={texts}
      theme={theme}
      title={texts.checkMailTitle}
      failed={problem !== null || wrong !== null}
    >
      <h1>{texts.checkMailTitle}</h1>
      <Problem {...props} />
      {wrong === 'not_yet' && (
        <Notice tone="note">
          <p>{texts.linkNotYet}</p>
        </Notice>
      )}
      <p class="muted">{texts.linkSent}</p>
      <form method="post">
        <CodeField
          kind="digits"
          label={texts.linkCode}
          noticed={problem !== null}
          error={wrong === 'code' ? texts.linkCodeWrong : null}
        />
        <button class="button" type="submit">
          {texts.loginSubmit}
        </button>
      </form>
      <section>
        <h2>{texts.linkElsewhere}</h2>
        <p class="muted">{texts.linkElsewhereText}</p>
        <p class="number">{props.number}</p>
        <form method="post">
          <input type="hidden" name="action" value="continue" />
          <button class="button quiet" type="submit">
            {texts.linkElsewhereDone}
          </button>
        </form>
      </section>
      <ul class="links">
        <li>
          <SafeLink href={props.againHref}>{texts.linkAgain}</SafeLink>
        </li>
      </ul>
    </Layout>,
  )
}

/** The link, opened in the browser that asked for it. Only the button signs in: scanners open links. */
export function renderHerePage(
  props: LinkFrame & { readonly token: string; readonly email: string },
): string {
  const { texts, theme } = props
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.loginTitle}>
      <h1>{texts.loginTitle}</h1>
      <Problem {...props} />
      <Account texts={texts} email={props.email} />
      <TokenForm token={props.token} action="here">
        <button class="button" type="submit" autofocus>
          {texts.linkContinue}
        </button>
      </TokenForm>
    </Layout>,
  )
}

/** The link, opened on another device: which one is meant? */
export function renderElsewherePage(
  props: LinkFrame & {
    readonly token: string
    readonly email: string
    readonly asker: { readonly browser: string; readonly place: string | null; readonly when: string }
    /** Not after too many wrong numbers. */
    readonly mayApprove: boolean
    readonly isWrongNumber: boolean
  },
): string {
  const { texts, theme, asker } = props
  const facts = [asker.browser, asker.place, asker.when].filter((fact) => fact !== null)
  return toDocument(
    <Layout texts={texts} theme={theme} title={texts.linkWhere} failed={props.isWrongNumber}>
      <h1>{texts.linkWhere}</h1>
      <Problem {...props} />
      <Account texts={texts} email={props.email} />
      <TokenForm token={props.token} action="here">
        <button class="button" type="submit">
          {texts.linkHere}
        </button>
      </TokenForm>
      <section>
        <h2>{texts.linkThere}</h2>
        <p>
          <bdi class="strong">{visibleText(facts.join(' · '))}</bdi>
        </p>
        <p class="muted">{props.mayApprove ? texts.linkThereText : texts.linkThereNoMore}</p>
        {props.mayApprove && (
          <TokenForm token={props.token} action="approve">
            <TextField
              name="number"
              label={texts.linkNumber}
              value=""
              autocomplete="off"
              inputmode="numeric"
              required
              error={props.isWrongNumber ? texts.linkNumberWrong : null}
              autofocus={props.isWrongNumber}
            />
            <button class="button quiet" type="submit">
              {texts.linkApprove}
            </button>
          </TokenForm>
        )}
      </section>
      <section>
        <p class="muted">{texts.linkNotMe}</p>
        <TokenForm token={props.token} action="refuse">
          <button class="button quiet" type="submit">
            {texts.linkRefuse}
          </button>
        </TokenForm>
      </section>
    </Layout>,
  )
}

function TokenForm(props: {
  readonly token: string
  readonly action: 'here' | 'approve' | 'refuse'
  readonly children: Child
}) {
  return (
    <form method="post" action="?">
      <input type="hidden" name="token" value={props.token} />
      <input type="hidden" name="action" value={props.action} />
      {props.children}
    </form>
  )
}

function Account({ texts, email }: { readonly texts: Texts; readonly email: string }) {
  return (
    <p class="who">
      <span class="label">{texts.linkAs}</span> <bdi>{visibleText(email)}</bdi>
    </p>
  )
}

function Problem({ texts, problem, retryAfterSeconds, requestId }: LinkFrame) {
  return problem === null ? null : (
    <FormProblemNotice
      texts={texts}
      problem={problem}
      retryAfterSeconds={retryAfterSeconds}
      requestId={requestId}
      hasFieldErrors={false}
      wrongCredentials="problemForm"
    />
  )
}
