import { describe, expect, it } from 'vitest'
import { checkPassword, type PasswordProblem } from '../../src/password/policy.ts'

const CONTEXT = {
  siteWords: ['Example', 'app.example'],
  email: 'grace.hopper@navy.example',
  username: 'ghopper',
  name: 'Grace Hopper',
}

const lines = (text: string) => text.trim().split(/\n */)

/** Fifteen characters and more that no list holds, in the scripts and manners that people write in. */
const GOOD = {
  phrases: lines(`
    tall purple window sings quietly
    correct gate opens quietly
    the bus is late again today
    I never eat breakfast on Tuesdays
    Wet grass. Cold feet. Warm soup.
    kiwi-lantern-orbit-maple
    Kiwi.Lantern.Orbit.42
    thequietriverbendsnorth
    12 monkeys watch 7 dolphins
    iloveeatingpizzawithfriends
    tall  purple  window  sings`),
  'phrases that hold a listed word': lines(`
    purple monkey dishwasher
    monkey eats dragon fruit
    hunter2 was never my password
    two dragons guard the library
    we play football every sunday
    my password is a long sentence
    Winter came late to the village
    snowy owl 1987 glass bridge
    Tr0ub4dor&3 and the horse`),
  'phrases that hold a word of the account': lines(`
    grace under pressure always
    navy blue curtains in rooms
    for example seven lamps burn`),
  'other languages': lines(`
    im Garten blüht der Flieder früh
    le chat dort sous la véranda
    mañana lloverá sobre los tejados
    il treno parte dalla quinta piattaforma
    hoje choveu na rua de cima
    dziś pada ciepły deszcz
    köyde yağmur erken başladı
    ngày mai trời sẽ mưa to
    kaupungissa sataa taas lunta`),
  'other scripts': lines(`
    مرحبا بالعالم الجميل
    שלום לעולם היפה שלנו
    σήμερα βρέχει στην πόλη
    сегодня идёт тёплый дождь
    今日は雨が降っていますね傘を忘れずに
    窗外的雨声让人想起老家屋檐的味道
    오늘은비가와서우산을챙겨야해요
    सुबह की चाय और पुराना अख़बार
    วันนี้ฝนตกอย่าลืมร่มนะครับ
    დღეს კარგი ამინდია ქალაქში
    այսօր լավ եղանակ է քաղաքում
    ዛሬ በከተማው ውስጥ ዝናብ ነው
    🐴🔋📎✅🌊🔑🎈🍋🚲🧦🪁🥁🧊🛶🦔
    my cat 🐈 eats 3 pickles at noon`),
  'what machines make': lines(`
    qv7Kz2pLmw93TxA
    xK9#mP2$vL7@nQ4
    N7q!v@R2z#L5w$T8
    f7a1c09e5b3d48e2
    xkqzjwvbmfhgptr
    839201746655238
    3f2504e0-4f89-11d3-9a0c-0305e82c3301
    blue42 green17 red93`),
  'what programs stumble over': lines(`
    <script>alert(1)</script>
    Robert'); DROP TABLE Students;--
    \${jndi:ldap://x.example/a}
    %00%0d%0aSet-Cookie: x
    ＴＡＬＬ　ＰＵＲＰＬＥ　ＷＩＮＤＯＷ`),
} as const

/** Eight characters and more that attackers try early. */
const COMMON = {
  'a word, doubled or with digits and signs': lines(`
    password
    passwordpassword
    Password123456789
    letmeinletmein1
    Welcome2024!!!!!
    iloveyou12345678
    administrator123
    trustno1trustno1
    HelloWorld123456
    test1234test1234
    ncc1701ncc1701ncc1701
    passwordqwerty123
    football football`),
  'a word of other languages': lines(`
    Passwort12345678
    contraseña123456
    motdepassemotdepasse
    пароль1234567890`),
  'a word backwards': lines(`
    drowssapdrowssap
    drowssap12345678
    nogardnogard2024`),
  'digits and signs for letters': lines(`
    P@$$w0rd12345678
    l3tm31nl3tm31n!!
    1l0v3y0u1l0v3y0u
    4dm1n1str4t0r!!!`),
  'blanks between the letters': lines(`
    p a s s w o r d 1 2 3
    pass word pass word
    q-w-e-r-t-y-u-i-o-p`),
  'walks on a qwerty keyboard': lines(`
    qwertyuiop
    qwertyuiopasdfgh
    poiuytrewqlkjhgf
    zxcvbnmasdfghjkl
    mnbvcxzlkjhgfdsa
    asdf;lkjasdf;lkj
    1qaz2wsx3edc4rfv
    zaq12wsxcde34rfv
    1q2w3e4r5t6y7u8i9o0p
    qazwsxedcrfvtgb
    qweasdzxcqweasdzxc
    !QAZ2wsx#EDC4rfv`),
  'walks on other keyboards': lines(`
    qwertzuiopasdfgh
    yxcvbnmlkjhgfdsa
    poiuztrewq123456
    azertyuiopqsdfgh
    mlkjhgfdsqpoiuytreza
    йцукенгшщзхъфыв`),
  'orders of letters and digits': lines(`
    abcdefghijklmnop
    zyxwvutsrqponmlk
    123456789012345
    0987654321098765
    1234qwer1234qwer
    abcd1234abcd1234
    741852963741852963
    159753159753159753`),
  repeats: lines(`
    aaaaaaaaaaaaaaaa
    abababababababab
    123123123123123
    aaaabbbbccccdddd
    qqqqwwwweeeerrrr
    111222333444555
    aa11bb22cc33dd44
    ................
    яяяяяяяяяяяяяяя`),
  'dates and seasons': lines(`
    19901990199019901990
    31121999311219
    2024-01-01 2024-01-01
    Summer2024Summer2024
    January2024January
    Monday2024Monday`),
  'famous phrases': lines(`
    correct horse battery staple
    CorrectHorseBatteryStaple1
    thequickbrownfox`),
} as const

const PERSONAL = {
  'the site': lines(`
    examplexample2026
    example-example-1
    Example2026!!!!!
    3x@mpl3ex@mpl3!!!
    app.example.2026!
    elpmaxeelpmaxe12`),
  'the address': lines(`
    grace.hopper@navy.example
    grace.hopper1906
    Grace-Hopper-1906`),
  'the name': lines(`
    GraceHopper12345
    hoppergrace2024!
    gr4c3h0pp3r!!!!!
    reppohecarg12345`),
  'the user name': lines(`
    ghopperghopper12
    ghopper!!!!!!!!!`),
} as const

function withoutReason(
  table: Readonly<Record<string, readonly string[]>>,
  minLength: number,
  reason?: PasswordProblem,
) {
  return Object.entries(table).flatMap(([kind, passwords]) =>
    passwords
      .map((password) => ({ kind, password, problems: checkPassword(password, { minLength }, CONTEXT) }))
      .filter(({ problems }) => (reason === undefined ? problems.length > 0 : !problems.includes(reason))),
  )
}

describe('the password policy', () => {
  it('takes what nobody would guess, in any script', () => {
    expect(withoutReason(GOOD, 15)).toEqual([])
  })

  it('names `common` for what attackers try early', () => {
    expect(withoutReason(COMMON, 8, 'common')).toEqual([])
  })

  it('names `contains_personal` for what everybody knows of the account or the site', () => {
    expect(withoutReason(PERSONAL, 8, 'contains_personal')).toEqual([])
  })

  it('takes a long password of a short pattern: its length is enough', () => {
    const patterns = ['a1b2 ', 'Zq1xy4 ', 'tall purple ', 'qv7Kz2 ']
    const long = patterns.map((pattern) => pattern.repeat(30).slice(0, 128))
    expect(long.filter((password) => checkPassword(password, { minLength: 15 }, CONTEXT).length > 0)).toEqual(
      [],
    )
  })
})
