import type { Child } from 'hono/jsx'
import type { Factor } from '../factor/factors.ts'
import type { TrustedDevice } from '../factor/trusted-devices.ts'
import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { describeAgo } from '../ui/text/ago.ts'
import { fill, type TextKey } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'

export interface FactorsPageProps {
  readonly frame: AccountFrame
  /** Unix milliseconds, as all instants here. */
  readonly now: number
  readonly factors: readonly Factor[]
  readonly recoveryCodes: number
  readonly trusted: readonly TrustedDevice[]
  /** Whether more may be added. */
  readonly isOffered: boolean
  readonly news: FactorsNews | null
}

export type FactorsNews = keyof typeof NEWS

const NEWS = {
  added: { tone: 'good', text: 'factorsDoneAdded' },
  removed: { tone: 'good', text: 'factorsDoneRemoved' },
  renamed: { tone: 'good', text: 'factorsDoneRenamed' },
  distrusted: { tone: 'good', text: 'factorsDoneDistrusted' },
  last_factor: { tone: 'bad', text: 'factorsLastOne' },
  not_found: { tone: 'note', text: 'factorsGone' },
} as const satisfies Record<string, { tone: 'good' | 'bad' | 'note'; text: TextKey }>

export function isFactorsNews(text: string | null): text is FactorsNews {
  return text !== null && Object.hasOwn(NEWS, text)
}

/** All that keeps somebody else out of an account, in words for people who have never thought about it. */
export function renderFactorsPage(props: FactorsPageProps): string {
  const { frame, news, factors, isOffered } = props
  const { texts, basePath } = frame
  const passkeys = factors.filter(({ kind }) => kind === 'passkey')
  const apps = factors.filter(({ kind }) => kind === 'totp')
  return accountDocument(frame, {
    section: '/account/factors',
    failed: news !== null && NEWS[news].tone === 'bad',
    children: (
      <>
        {news !== null && (
          <Notice tone={NEWS[news].tone}>
            <p>{fill(texts[NEWS[news].text], { site: frame.theme.name })}</p>
          </Notice>
        )}
        <p class="muted">{texts.factorsIntro}</p>
        <Section title={texts.factorsPasskeys} hint={texts.factorsPasskeysHint}>
          <FactorRows {...props} shown={passkeys} />
          {isOffered && (
            <SafeLink href={`${basePath}/mfa/setup/passkey`} class="button quiet narrow">
              {texts.factorsAddPasskey}
            </SafeLink>
          )}
        </Section>
        <Section title={texts.factorsApps} hint={texts.factorsAppsHint}>
          <FactorRows {...props} shown={apps} />
          {isOffered && (
            <SafeLink href={`${basePath}/mfa/setup/app`} class="button quiet narrow">
              {texts.factorsAddApp}
            </SafeLink>
          )}
        </Section>
        {factors.length > 0 && <RecoveryCodes {...props} />}
        {props.trusted.length > 0 && <TrustedDevices {...props} />}
      </>
    ),
  })
}

function Section({
  title,
  hint,
  children,
}: {
  readonly title: string
  readonly hint: string
  readonly children: Child
}) {
  return (
    <section>
      <h2>{title}</h2>
      <p class="hint">{hint}</p>
      {children}
    </section>
  )
}

function FactorRows({ frame, now, shown }: FactorsPageProps & { readonly shown: readonly Factor[] }) {
  const { texts, basePath } = frame
  const ago = (at: number) => describeAgo(at, now, texts.lang, texts.justNow)
  if (shown.length === 0) return <p class="muted">{texts.factorsNone}</p>
  return (
    <ul class="rows">
      {shown.map(({ id, name, createdAt, lastUsedAt, isSynced }) => (
        <li>
          <div>
            <bdi class="strong">{visibleText(name)}</bdi>
            <span class="hint">
              {lastUsedAt === null
                ? fill(texts.factorsNeverUsed, { added: ago(createdAt) })
                : fill(texts.factorsAdded, { added: ago(createdAt), used: ago(lastUsedAt) })}
            </span>
            {isSynced && <span class="hint">{texts.factorsSynced}</span>}
          </div>
          <SafeLink href={`${basePath}/account/factors/${id}`}>{texts.factorsRename}</SafeLink>
          <SafeLink href={`${basePath}/account/factors/${id}/remove`}>{texts.factorsRemove}</SafeLink>
        </li>
      ))}
    </ul>
  )
}

function RecoveryCodes({ frame, recoveryCodes }: FactorsPageProps) {
  const { texts, basePath } = frame
  return (
    <Section title={texts.factorsCodes} hint={texts.factorsCodesHint}>
      <p>
        {recoveryCodes === 0
          ? texts.factorsCodesNone
          : fill(texts.factorsCodesLeft, { count: String(recoveryCodes) })}
      </p>
      <form method="post" action={`${basePath}/account/factors/recovery-codes`} class="narrow">
        <button class="button quiet" type="submit" aria-describedby="codes-replace">
          {texts.factorsCodesNew}
        </button>
        {recoveryCodes > 0 && (
          <p class="hint" id="codes-replace">
            {texts.factorsCodesReplace}
          </p>
        )}
      </form>
    </Section>
  )
}

function TrustedDevices({ frame, now, trusted }: FactorsPageProps) {
  const { texts, basePath } = frame
  const date = new Intl.DateTimeFormat(texts.lang, { dateStyle: 'medium', timeZone: 'UTC' })
  return (
    <Section title={texts.factorsTrusted} hint={texts.factorsTrustedHint}>
      <ul class="rows">
        {trusted.map(({ id, client, site, lastUsedAt, expiresAt }) => (
          <li>
            <div>
              <bdi class="strong">{visibleText(client.agent)}</bdi>
              <span class="hint">
                <bdi>{visibleText(client.network)}</bdi> · <bdi>{visibleText(site)}</bdi>
              </span>
              <span class="hint">
                {fill(texts.factorsTrustedUntil, {
                  used: describeAgo(lastUsedAt, now, texts.lang, texts.justNow),
                  until: date.format(expiresAt),
                })}
              </span>
            </div>
            <form method="post" action={`${basePath}/account/factors/distrust`}>
              <input type="hidden" name="device" value={id} />
              <button
                class="button quiet small-button"
                type="submit"
                aria-label={`${texts.factorsDistrust}: ${visibleText(client.agent)}`}
              >
                {texts.factorsDistrust}
              </button>
            </form>
          </li>
        ))}
      </ul>
    </Section>
  )
}
