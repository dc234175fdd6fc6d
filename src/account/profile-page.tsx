import { type AccountFrame, accountDocument } from '../ui/account-layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { LANGUAGES, textsFor } from '../ui/text/text.ts'
import { TextField } from '../ui/text-field.tsx'
import { visibleText } from '../ui/visible-text.ts'
import type { ProfileProblem } from './profile.ts'

export interface ProfilePageProps {
  readonly frame: AccountFrame
  readonly email: string | null
  /** What the form of names shows: what is stored, or what was typed and refused. */
  readonly typed: { readonly name: string; readonly username: string; readonly language: string }
  /** Whether the user name is the owner's to choose. */
  readonly choosesUsername: boolean
  readonly isSaved: boolean
  readonly problem: ProfileProblem | null
}

export function renderProfilePage(props: ProfilePageProps): string {
  const { texts } = props.frame
  return accountDocument(props.frame, {
    section: '/account',
    failed: props.problem !== null,
    children: (
      <>
        {props.isSaved && (
          <Notice tone="good">
            <p>{texts.accountDoneProfile}</p>
          </Notice>
        )}
        {props.problem !== null && (
          <Notice tone="bad">
            <p>{texts.problemFields}</p>
          </Notice>
        )}
        {props.email !== null && <Fact label={texts.accountEmail} value={props.email} />}
        {!props.choosesUsername && props.typed.username !== '' && (
          <Fact label={texts.accountUsername} value={props.typed.username} />
        )}
        <ProfileForm {...props} />
      </>
    ),
  })
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <p class="who">
      <span class="label">{label}</span> <bdi>{visibleText(value)}</bdi>
    </p>
  )
}

function ProfileForm({ frame: { texts }, typed, problem, choosesUsername }: ProfilePageProps) {
  return (
    <form method="post" class="narrow">
      <TextField
        name="name"
        label={texts.accountName}
        value={typed.name}
        autocomplete="name"
        error={problem?.field === 'name' ? texts.accountNameInvalid : null}
      />
      {choosesUsername && (
        <TextField
          name="username"
          label={texts.accountUsername}
          value={typed.username}
          autocomplete="username"
          error={
            problem?.field !== 'username'
              ? null
              : problem.code === 'taken'
                ? texts.accountUsernameTaken
                : texts.accountUsernameInvalid
          }
        />
      )}
      <div class="field">
        <label for="language">{texts.accountLanguage}</label>
        <select class="input" id="language" name="language">
          <option value="" selected={typed.language === ''}>
            {texts.accountLanguageAuto}
          </option>
          {LANGUAGES.map((language) => (
            <option value={language} lang={language} selected={typed.language === language}>
              {textsFor(language).languageName}
            </option>
          ))}
        </select>
      </div>
      <button class="button" type="submit">
        {texts.accountSave}
      </button>
    </form>
  )
}
