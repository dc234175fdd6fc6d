/** Rows, columns and zigzags of common keyboards, with shift where that is typed for digits, and orders everybody knows. */
const LINES = [
  // US, UK; digits with and without shift
  '`1234567890-=',
  '~!@#$%^&*()_+',
  '!"£$%^&*()',
  "qwertyuiop[]asdfghjkl;'\\zxcvbnm,./",
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopüasdfghjklöäyxcvbnm,.-',
  'qwertzuiopuasdfghjkloayxcvbnm',
  'azertyuiop^$qsdfghjklmùwxcvbn,;:!',
  'azertyuiopqsdfghjklmwxcvbn',
  'qwertyuiopasdfghjklñzxcvbnm',
  '!"§$%&/()=?',
  '!"·$%&/()=?¿',
  '&é"\'(-è_çà)=',
  // Dvorak, Colemak, Russian, Greek
  "',.pyfgcrlaoeuidhtns;qjkxbmwvz",
  'qwfpgjluyarstdhneiozxcvbkm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
  'ςερτυθιοπασδφγηξκλζχψωβνμ',
  // columns, up and down
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1qay2wsx3edc4rfv5tgb6zhn7ujm8ik,9ol.0pö-',
  '1aqw2zsx3edc4rfv5tgb6yhn7uj,8ik;9ol:0pm!',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1qaz!qaz2wsx@wsx3edc#edc4rfv$rfv',
  '!qaz@wsx#edc$rfv%tgb^yhn&ujm',
  // zigzags
  'q1w2e3r4t5y6u7i8o9p0',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5z6u7i8o9p0',
  '1q2w3e4r5t6z7u8i9o0p',
  'a1z2e3r4t5y6u7i8o9p0',
  'qawsedrftgyhujikolp',
  'azsxdcfvgbhnjmk',
  'qweasdzxc',
  'qweasdyxc',
  // the number pad
  '789456123',
  '741852963',
  '147258369',
  // orders
  'abcdefghijklmnopqrstuvwxyzabc',
  '01234567890123',
  '13579135',
  '02468024',
  'aabbccddeeffgghhiijjkkllmmnnoopp',
  '00112233445566778899',
  'aa11bb22cc33dd44ee55',
  'абвгдеежзииклмнопрстуфхцчшщъыьэюя',
  'αβγδεζηθικλμνξοπρστυφχψω',
]

/** Any four keys in a row on one of the lines, in either direction. Longer walks are walks in every window of four. */
export const WALK_LENGTH = 4
const WALKS = new Set<string>()
for (const line of LINES) {
  const backwards = [...line].reverse().join('')
  for (let at = 0; at + WALK_LENGTH <= line.length; at++) {
    WALKS.add(line.slice(at, at + WALK_LENGTH))
    WALKS.add(backwards.slice(at, at + WALK_LENGTH))
  }
}

/** Where the walk that starts at `at` ends; `at` itself when none does. */
export function endOfWalk(text: string, at: number): number {
  let end = at
  while (WALKS.has(text.slice(end, end + WALK_LENGTH))) end++
  return end === at ? at : end + WALK_LENGTH - 1
}
