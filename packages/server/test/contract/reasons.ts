/** Why we do not answer as Django does; each is told once here, and stands in docs/compatibility.md. */
export const reasons = {
  sameName:
    'A user name is one name however it is spelled: `Alice` and `alice`, or a ligature and its letters, are the same user, so nobody can pose as somebody else.',
  exactPassword:
    'Passwords are compared as they were typed. Cutting spaces would weaken those who chose them on purpose.',
  passwordLength:
    'Long passphrases are welcome: up to 1024 bytes, which is what one hash can take without harm.',
  bodySize: 'No request of this API needs more than 64 KiB, and reading more would cost memory for nothing.',
  never500: 'No input is answered with a server error.',
  typedEmail: 'An address is kept as it was typed; whatever its case, it is one address.',
  openRoute: 'Registering needs no credentials, so a stale header that a front end still sends does no harm.',
  readmeExample:
    'The well-known quick start registers `test1234`. In development it works and warns; in production the list of common passwords is enforced as in Django.',
  takenLast:
    'Whether a name is taken is looked up once every field is valid by itself; then all taken ones are told together.',
  mixedScripts:
    'A name of letters from two alphabets looks like another name; a name with a character that shows nothing does too.',
  oneTokenMessage:
    'A bad token gets one message, whatever is wrong with it: the answer helps nobody to mend a forged one.',
  ownSignature:
    'Only this server can sign such a token, and it signs none for a user who does not exist. The protected route believes the signature and the list of ended sessions, and reads no database; a deleted user is on that list.',
  ownForm:
    'Only this server can sign such a token, and it signs none like that: what lacks a claim, or has another type, is no token of ours.',
  deadAccess: 'Logging out ends the access token as well, not only the refresh token.',
  jsonOnly: 'Answers are JSON only; there are no HTML pages behind the API.',
  optionsJson:
    'Answers are JSON only, so `renders` says so; the descriptions are our own, and form metadata (`actions`) is not sent: the OpenAPI document has it.',
  grace:
    'Within 10 seconds a spent refresh token gets the same successor again: two tabs or a lost answer never end a session. Later it is taken as theft and the session ends.',
  activeUser: 'A disabled or deleted user gets no new tokens.',
  onlyIssued: 'A token counts only if its session exists: a good signature alone opens nothing.',
  endedWithUser:
    'The session of a disabled user has ended already, so there is nothing left to put on the blacklist.',
  simplejwtWords: 'The end of a session is told in the words of simplejwt, however it came about.',
  idempotentLogout: 'Logging out twice is logged out: a client that lost the first answer can ask again.',
  anyGeneration:
    'A spent refresh token still logs its session out: whoever logs out is logged out, whichever of the tokens a client kept.',
  logoutAll:
    'With `all` and an access token a logout ends every session of that user; simplejwt has no such request, and ignores the field.',
  noRedirect:
    'The path without its last slash is served as well. A redirect would turn the POST of many clients into a GET.',
  jsonErrors: 'Errors are JSON everywhere, also where no route is.',
  unknownMethod:
    'A method that HTTP does not have is refused before anything else of the request is looked at.',
  emptyAccept: 'An empty Accept header asks for nothing in particular, and gets JSON.',
  compactJson: 'JSON is written without white space, whatever is asked; whoever wants to read it has tools.',
  utf8Json: 'JSON between programs is UTF-8, whatever a charset beside it says (RFC 8259).',
  exactType: 'A Content-Type names the type of a body; a pattern names none.',
  otherCommonList:
    'Our list of common passwords is another one, and a longer one: 49,000 in place of 20,000. Neither holds all of the other.',
  home: 'The root says what answers here: a page for a browser, JSON for everybody else.',
  anyHost:
    'The Host header decides nothing here: links and issuer come from the settings, so it need not be refused.',
} as const
