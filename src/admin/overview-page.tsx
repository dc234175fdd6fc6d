import type { Statistics } from '../audit/statistics.ts'
import type { AccountFrame } from '../ui/account-layout.tsx'
import { adminDocument } from '../ui/admin-layout.tsx'
import { BarChart } from '../ui/bar-chart.tsx'
import { visibleText } from '../ui/visible-text.ts'

export interface OverviewPageProps {
  readonly frame: AccountFrame
  readonly users: { readonly total: number; readonly disabled: number }
  readonly statistics: Statistics
}

const DAY_MS = 86_400_000

export function renderOverviewPage({ frame, users, statistics }: OverviewPageProps): string {
  const { texts } = frame
  const { days, countries } = statistics
  const number = new Intl.NumberFormat(texts.lang)
  const date = new Intl.DateTimeFormat(texts.lang, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const today = days.at(-1)
  const figures = [
    [texts.adminAccounts, users.total],
    [texts.adminDisabledAccounts, users.disabled],
    [texts.adminPeopleToday, today?.people ?? 0],
    [texts.adminFailuresToday, today?.failures ?? 0],
  ] as const
  const chart = (
    title: string,
    series: readonly string[],
    pick: (day: (typeof days)[number]) => number[],
  ) => (
    <BarChart
      title={title}
      series={series}
      bars={days.map((day) => ({ label: date.format(day.day * DAY_MS), values: pick(day) }))}
      labelHeading={texts.adminDay}
      tableLabel={texts.adminAsTable}
      language={texts.lang}
    />
  )
  return adminDocument(frame, {
    section: '/admin',
    children: (
      <>
        <dl class="figures">
          {figures.map(([label, value]) => (
            <div>
              <dt>{label}</dt>
              <dd>{number.format(value)}</dd>
            </div>
          ))}
        </dl>
        <div class="charts">
          {chart(texts.adminSignIns, [texts.adminSucceeded, texts.adminFailed], (day) => [
            day.signIns,
            day.failures,
          ])}
          {chart(texts.adminPeople, [texts.adminPeople], (day) => [day.people])}
          {chart(texts.adminNewAccounts, [texts.adminNewAccounts], (day) => [day.accounts])}
          <Countries frame={frame} countries={countries} />
        </div>
        <p class="small">{texts.adminOverviewHint}</p>
      </>
    ),
  })
}

function Countries({
  frame: { texts },
  countries,
}: Pick<OverviewPageProps, 'frame'> & { readonly countries: Statistics['countries'] }) {
  const names = new Intl.DisplayNames([texts.lang], { type: 'region', fallback: 'code' })
  const most = Math.max(1, ...countries.map(({ count }) => count))
  const nameOf = (code: string | null) =>
    code !== null && /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : texts.adminUnknown
  return (
    <figure>
      <figcaption>{texts.adminCountries}</figcaption>
      {countries.length === 0 ? (
        <p class="muted">{texts.adminNothing}</p>
      ) : (
        <ul class="bars">
          {countries.map(({ country, count }) => (
            <li>
              <span>{visibleText(nameOf(country))}</span>
              <meter min="0" max={String(most)} value={String(count)} aria-hidden="true">
                {count}
              </meter>
              <span class="number">{new Intl.NumberFormat(texts.lang).format(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}
