/** Stems of the passwords that lists of leaks begin with. Longer ones first, so that `password` goes before `pass`. */
export const COMMON_WORDS: readonly string[] = `
administrator basketball bienvenue changeit changeme charlie chelsea chocolate computer contrasena cookie corvette
crystal daniel default donald dragon einloggen enter fuckyou football freedom geheim george ginger google guest hallo hannah
harley hello hockey hunter iloveyou internet jennifer jessica jordan joshua killer letmein liverpool login lovely maggie
master matrix merlin michael michelle mickey monkey monster motdepasse mustang nicole oliver orange parola passphrase passwort
password passwd pepper phoenix pokemon princess purple qazwsx qwert qwerty qwertyuiop qwertz ranger robert root samantha samsung
secret secure shadow silver soccer sommer spring starwars starwar summer sunshine superman superuser taylor temp test thomas thunder
tigger trustno trustnoi user welcome whatever willkommen winter wizard yankees zaqxsw zxcvbn zxcvbnm asdfgh asdfghjkl abcdef abc love admin
pass
`
  .split(/\s+/)
  .filter((word) => word !== '')
  .sort((a, b) => b.length - a.length)

/** Lines along which lazy fingers run. */
export const KEYBOARD_ROWS: readonly string[] = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiopü',
  'asdfghjklöä',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'qazwsxedcrfvtgbyhnujmikolp',
]
