/**
 * What the lists of leaked passwords are made of, lower-case and without blanks: each stands for its thousands of variants
 * (capitals, digits for letters, doubled, with a year or a sign at the end). Keyboard walks, sequences and repeats are not
 * listed: weakness.ts finds them by themselves.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `
  password passwort passwd passw0rd motdepasse contrasena contrasenya senha wachtwoord parola parole haslo heslo lozinka
  jelszo salasana losenord adgangskode kennwort geheim geheimnis secret secreto segreto geslo sifre parool slaptazodis
  пароль пароли секрет привет любовь солнышко наташа 密码 口令 パスワード 비밀번호 סיסמה كلمةالسر
  pass passphrase passcode mypass mypassword mypasswort yourpassword thispassword newpassword oldpassword nopassword
  defaultpassword temppassword adminpassword userpassword rootpassword letmein letmeinnow letmepass openup opensesame
  changeme changeit changethis changepassword pleasechange default temp temporary guest user users username login logon
  signin access account admin admins administrator root toor superuser sysadmin system manager operator owner master
  superadmin webmaster support service server test tests tester testing test1 demo example sample company office internet
  intranet website homepage welcome willkommen bienvenue bienvenido bemvindo benvenuto hello hallo holla hola bonjour ciao
  helloworld hellohello goodbye trustno1 nothing something anything whatever unknown forgotten iforgot idontknow dontknow
  donotenter keepout private computer laptop windows microsoft google facebook youtube instagram twitter linkedin linux
  ubuntu android samsung nokia iphone apple macbook cisco oracle mysql postgres database wordpress
  iloveyou iloveu ilovegod ilovejesus ilovemom ilovemum ilovedad ilovemymom ilovemyself ilovemyfamily ilovemylife iloveme
  iloveyouso iloveyousomuch iloveyouforever iloveyoumore loveyou loveme lovely lover lovers love loveforever truelove
  mylove myloves foreverlove teamo teamomucho teamoo tequiero tequieromucho miamor amor amour jetaime jtm ichliebedich
  schatz liebe tiamo amoremio amore tesoro teadoro aşkim seviyorum kochamcie kocham sayang aloha forever always
  football fussball futbol soccer baseball basketball softball hockey volleyball tennis golfer racing chelsea arsenal
  liverpool liverpoolfc everton barcelona barca realmadrid juventus manchester manchesterunited manunited mancity bayern
  bayernmunchen dortmund schalke celtic rangers newcastle tottenham leicester cowboys steelers packers patriots yankees
  redsox lakers eagles broncos raiders dolphins giants flamengo corinthians palmeiras saopaulo
  monkey dragon tiger lion panther eagle falcon phoenix wolf puppy kitty kitten hellokitty pussycat horses pony dolphin
  butterfly chicken rabbit bunny spider scorpion snake bear teddybear bigdog doggie lucky buster bailey max1 charlie
  princess prinzessin princesa princesse angel angels angelito angelica babygirl babyboy babydoll baby honey sweety sweetie
  sweetheart cutie cutiepie barbie queen king prince knight ninja samurai hunter killer warrior soldier sniper ranger
  sunshine sonnenschein sunflower summer sommer spring autumn winter january february march april june july august
  september october november december monday tuesday wednesday thursday friday saturday sunday januar februar marz juni juli
  oktober dezember montag freitag sonntag flower flowers blume rose lily jasmine daisy orchid rainbow starlight moonlight
  shadow midnight thunder lightning storm diamond crystal silver golden platinum purple orange yellow green black blue
  chocolate cookie cookies cheese banana strawberry blueberry cherry apple1 coffee pepper ginger sugar candy peanut
  superman batman spiderman ironman pokemon pikachu naruto starwars startrek skywalker darthvader gandalf frodo hogwarts
  harrypotter matrix minecraft fortnite roblox counterstrike worldofwarcraft callofduty spongebob spongebobsquarepants
  mickeymouse mickey minnie snoopy garfield tinkerbell tigger bambi scooby scoobydoo simpsons hakunamatata
  metallica nirvana slipknot linkinpark ironmaiden greenday acdc eminem blink182 mychemicalromance backstreetboys onedirection
  justinbieber rockstar rocknroll guitar music musica dance danger player gamer
  michael michelle jessica jennifer ashley amanda daniel andrew joshua matthew anthony christopher christian nicole nicholas
  robert thomas william jonathan jordan justin brandon richard charles steven stefan stephen martin michaela alexander
  alexandra alejandro alejandra andrea andreas antonio carlos fernando francisco gabriel gabriela isabella jacqueline
  katherine lauren madison maggie melissa natasha natalie olivia patricia patrick rachel rebecca roberto samantha sandra
  sebastian sophia sophie stephanie tiffany vanessa veronica victoria vincent yolanda hannah heather hunter2 george jack
  jackson jasper johnny joseph kevin kimberly marcus maria mariana mohammed muhammad ahmed ibrahim fatima svetlana vladimir
  jesus jesuschrist jesuslovesme jesusislord jesuschristislord godisgood godislove godbless blessed blessing heaven faith
  bismillah bismillahirrahman alhamdulillah allahuakbar insyaallah masyaallah subhanallah amen church lordjesus trustgod
  fuckyou fuckoff fuckme fuck asshole bitch bastard shit bullshit sexy sexybitch sexygirl hotstuff pussy porn naked
  freedom liberty peace trust hope dream dreamer dreams destiny success winner money dollar million lottery genius
  family friends friend bestfriend bestfriends brother sister mother father daddy mommy mama papa grandma children
  america american canada london england scotland ireland paris france germany deutschland berlin munich hamburg vienna
  austria schweiz switzerland italy italia spain espana mexico brasil brazil argentina colombia russia moscow china
  beijing tokyo india pakistan indonesia australia newyork newyorkcity california florida texas chicago boston
  mustang ferrari porsche mercedes corvette camaro harley harleydavidson yamaha honda toyota audi bmw
  correcthorsebatterystaple correcthorse batterystaple thequickbrownfox quickbrownfox thelazydog jumpsover lazydog
  nevergonnagiveyouup maytheforcebewithyou tobeornottobe inthebeginning onceuponatime happybirthday merrychristmas
  happynewyear goodmorning goodnight takethatjones knockknock areyouready whoareyou whoami iamthebest iamawesome
  thisismypassword thisisapassword thisisasecret thisisnotapassword mynameis ihatepasswords ihateyou ihatethis
  imissyou kissme hugsandkisses bethebest yourmom wasdwasd qqww1122 a1b2c3d4e5f6g7h8 a1b2c3d4e5f6 a1b2c3d4 a1b2c3 ncc1701 aa123456 abc123 asd123 qwe123
  zxc123 1qazxsw2 zaq12wsx 1q2w3e zaqxsw xswzaq 7777777 1122334455 112233 11223344 112233445566 147258369 159753 159357
  123654 456852 741852963 987456321 1236987 31415926535 3141592653589793 271828 299792458 11235813 112358132134
  q1w2e3 asdasd adgjmptw azertyuiop trustme security sicherheit cheval secure secured
  firewall welcometothejungle 1a2b3c 1a2b3c4d hacker hacked haxor leet leetspeak metoo
  `
    .trim()
    .split(/\s+/),
)
