import type { AccountFrame } from '../ui/account-layout.tsx'
import { adminDocument } from '../ui/admin-layout.tsx'
import { SafeLink } from '../ui/layout.tsx'
import { fill, type Texts } from '../ui/text/text.ts'
import { visibleText } from '../ui/visible-text.ts'
import type { Cursor, DirectoryPage, DirectoryQuery } from '../user/directory.ts'
import type { User } from '../user/user.ts'

export interface UsersPageProps {
  readonly frame: AccountFrame
  readonly query: Pick<DirectoryQuery, 'order' | 'prefix' | 'state' | 'role' | 'after'>
  readonly page: DirectoryPage
}

export function renderUsersPage({ frame, query, page }: UsersPageProps): string {
  const { texts, basePath } = frame
  const number = new Intl.NumberFormat(texts.lang)
  return adminDocument(frame, {
    section: '/admin/users',
    children: (
      <>
        <Filters texts={texts} query={query} />
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.adminWho}</th>
                <th scope="col">{texts.adminRoles}</th>
                <th scope="col">{texts.adminState}</th>
                <th scope="col">{texts.adminCreated}</th>
              </tr>
            </thead>
            <tbody>
              {page.users.map((user) => (
                <UserRow texts={texts} basePath={basePath} user={user} />
              ))}
            </tbody>
          </table>
          {page.users.length === 0 && <p class="muted">{texts.adminNobody}</p>}
        </div>
        <div class="pager">
          <p class="muted">{fill(texts.adminTotal, { count: number.format(page.total) })}</p>
          {page.next && (
            <SafeLink class="button quiet" href={linkTo(basePath, query, page.next)}>
              {texts.adminMore}
            </SafeLink>
          )}
        </div>
        <section>
          <h2>{texts.adminInvite}</h2>
          <form method="post" class="inline">
            <div class="field">
              <label for="email">{texts.adminEmail}</label>
              <input class="input" id="email" name="email" type="email" autocomplete="off" required />
            </div>
            <div class="field">
              <label for="roles">{texts.adminRolesHint}</label>
              <input
                class="input"
                id="roles"
                name="roles"
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
              />
            </div>
            <button class="button" type="submit">
              {texts.adminInviteSubmit}
            </button>
          </form>
        </section>
      </>
    ),
  })
}

function Filters({ texts, query }: { readonly texts: Texts; readonly query: UsersPageProps['query'] }) {
  const orders = [
    ['email', texts.adminEmail],
    ['username', texts.accountUsername],
    ['name', texts.accountName],
  ] as const
  const states = [
    ['any', texts.adminAny],
    ['active', texts.adminActive],
    ['disabled', texts.adminDisabled],
  ] as const
  return (
    <form method="get" class="filters">
      <div class="grow">
        <label for="q">{texts.adminSearch}</label>
        <input
          class="input"
          id="q"
          name="q"
          type="search"
          value={query.prefix}
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <div>
        <label for="by">{texts.adminSearchBy}</label>
        <select class="input" id="by" name="by">
          {orders.map(([value, label]) => (
            <option value={value} selected={query.order === value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label for="state">{texts.adminState}</label>
        <select class="input" id="state" name="state">
          {states.map(([value, label]) => (
            <option value={value} selected={query.state === value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label for="role">{texts.adminRole}</label>
        <input
          class="input"
          id="role"
          name="role"
          value={query.role ?? ''}
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <button class="button quiet" type="submit">
        {texts.adminSearchSubmit}
      </button>
    </form>
  )
}

function UserRow({
  texts,
  basePath,
  user,
}: {
  readonly texts: Texts
  readonly basePath: string
  readonly user: User
}) {
  const name = user.email ?? user.username ?? user.id
  const more = [user.name, user.email === null ? null : user.username].filter((part) => part !== null)
  return (
    <tr>
      <td class="wide">
        <SafeLink href={`${basePath}/admin/users/${user.id}`}>
          <bdi>{visibleText(name)}</bdi>
        </SafeLink>
        {more.length > 0 && (
          <span class="hint">
            <bdi>{visibleText(more.join(' · '))}</bdi>
          </span>
        )}
      </td>
      <td>
        <RoleTags roles={user.roles} />
      </td>
      <td>
        <StateTag texts={texts} user={user} />
      </td>
      <td>
        <time datetime={new Date(user.createdAt).toISOString()}>{dateOf(user.createdAt, texts.lang)}</time>
      </td>
    </tr>
  )
}

export function RoleTags({ roles }: { readonly roles: readonly string[] }) {
  return (
    <>
      {roles.map((role) => (
        <span class="tag plain">{visibleText(role)}</span>
      ))}
    </>
  )
}

export function StateTag({ texts, user }: { readonly texts: Texts; readonly user: User }) {
  return user.disabledAt === null ? (
    <span class="tag">{texts.adminActive}</span>
  ) : (
    <span class="tag off">{texts.adminDisabled}</span>
  )
}

export function dateOf(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
}

function linkTo(
  basePath: string,
  { order, prefix, state, role }: UsersPageProps['query'],
  next: Cursor,
): string {
  const query = new URLSearchParams({
    by: order,
    q: prefix,
    state,
    role: role ?? '',
    after: next.value,
    id: next.id,
  })
  return `${basePath}/admin/users?${query}`
}
