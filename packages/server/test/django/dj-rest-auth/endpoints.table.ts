import { type Person, password } from './people.ts'

/** One request to the profile by or about a person, and what it is answered. */
export interface Row {
  name: string
  /** below the prefix, with POST unless a method stands in front */
  at: string
  body?: object | ((person: Person) => object)
  headers?: (person: Person) => Record<string, string>
  status: number
  /** the whole body, compared */
  answer?: object | ((person: Person) => object)
}

const required = ['This field is required.']
const blank = ['This field may not be blank.']
const asHimself = ({ headers }: Person) => headers
const detailsOf = ({ id: pk, username, email }: Person) => ({
  ...{ pk, username, email, first_name: '', last_name: '' },
})
const unable = { non_field_errors: ['Unable to log in with provided credentials.'] }
const nobody = { detail: 'Authentication credentials were not provided.' }
const fresh = 'a quiet harbour'
const twice = { new_password1: fresh, new_password2: fresh }
const mismatch = { new_password2: ['The two password fields didn’t match.'] }
const short = 'This password is too short. It must contain at least 8 characters.'
const numeric = 'This password is entirely numeric.'

const login: Row[] = [
  {
    name: 'P19: a wrong password',
    at: 'login/',
    body: ({ username }) => ({ username, password: 'wrong' }),
    status: 400,
    answer: unable,
  },
  {
    name: 'P19: nobody of that name',
    at: 'login/',
    body: { username: 'no.one', password },
    status: 400,
    answer: unable,
  },
  {
    name: 'no name',
    at: 'login/',
    body: { password },
    status: 400,
    answer: { non_field_errors: ['Must include "username" and "password".'] },
  },
  {
    name: 'a blank name, and an address that is not asked for',
    at: 'login/',
    body: ({ email }) => ({ username: '', email, password }),
    status: 400,
    answer: { non_field_errors: ['Must include "username" and "password".'] },
  },
  {
    name: 'no password',
    at: 'login/',
    body: ({ username }) => ({ username }),
    status: 400,
    answer: { password: required },
  },
  {
    name: 'an address that is none',
    at: 'login/',
    body: ({ username }) => ({ username, email: 'x', password }),
    status: 400,
    answer: { email: ['Enter a valid email address.'] },
  },
  { name: 'GET', at: 'GET login/', status: 405, answer: { detail: 'Method "GET" not allowed.' } },
  {
    name: 'P06: a password with a space behind it is another',
    at: 'login/',
    body: ({ username }) => ({ username, password: `${password} ` }),
    status: 400,
    answer: unable,
  },
]

const logout: Row[] = [
  {
    name: 'the refresh token of a session',
    at: 'logout/',
    body: ({ pair: { refresh } }) => ({ refresh }),
    status: 200,
    answer: { detail: 'Successfully logged out.' },
  },
  {
    name: 'an access token alone ends its session too',
    at: 'logout/',
    headers: asHimself,
    status: 200,
    answer: { detail: 'Successfully logged out.' },
  },
  {
    name: 'nothing at all',
    at: 'logout/',
    status: 401,
    answer: { detail: 'Refresh token was not included in request data.' },
  },
  {
    name: 'a header with nothing good in it',
    at: 'logout/',
    headers: () => ({ authorization: 'Bearer garbage' }),
    status: 401,
    answer: { detail: 'Refresh token was not included in request data.' },
  },
  {
    name: 'S13, S14: a forged refresh token',
    at: 'logout/',
    body: { refresh: 'a.b.c' },
    status: 401,
    answer: { detail: 'Token is invalid or expired' },
  },
  {
    name: 'an access token where a refresh token belongs',
    at: 'logout/',
    body: ({ pair: { access } }) => ({ refresh: access }),
    status: 401,
    answer: { detail: 'Token has wrong type' },
  },
  { name: 'GET', at: 'GET logout/', status: 405, answer: { detail: 'Method "GET" not allowed.' } },
]

const user: Row[] = [
  { name: 'reads', at: 'GET user/', headers: asHimself, status: 200, answer: detailsOf },
  { name: 'reads without the slash', at: 'GET user', headers: asHimself, status: 200, answer: detailsOf },
  { name: 'nobody', at: 'GET user/', status: 401, answer: nobody },
  {
    name: 'changes both names at once',
    at: 'PATCH user/',
    headers: asHimself,
    body: { first_name: ' Ada ', last_name: 'Lovelace' },
    status: 200,
    answer: (person) => ({ ...detailsOf(person), first_name: 'Ada', last_name: 'Lovelace' }),
  },
  {
    name: 'P21: takes neither another pk nor another address nor a flag',
    at: 'PATCH user/',
    headers: asHimself,
    body: { pk: 1, id: 1, email: 'other@example.com', is_staff: true, last_name: 'L' },
    status: 200,
    answer: (person) => ({ ...detailsOf(person), last_name: 'L' }),
  },
  {
    name: 'nothing to change',
    at: 'PATCH user/',
    headers: asHimself,
    body: {},
    status: 200,
    answer: detailsOf,
  },
  {
    name: 'PUT takes the user name',
    at: 'PUT user/',
    headers: asHimself,
    body: { first_name: 'Ada' },
    status: 400,
    answer: { username: required },
  },
  {
    name: 'PUT with the same user name',
    at: 'PUT user/',
    headers: asHimself,
    body: ({ username }) => ({ username, first_name: 'Ada' }),
    status: 200,
    answer: (person) => ({ ...detailsOf(person), first_name: 'Ada' }),
  },
  {
    name: 'another user name, while the session is young',
    at: 'PATCH user/',
    headers: asHimself,
    body: ({ username }) => ({ username: `${username}.x` }),
    status: 200,
    answer: (person) => ({ ...detailsOf(person), username: `${person.username}.x` }),
  },
  {
    name: 'a user name that somebody has',
    at: 'PATCH user/',
    headers: asHimself,
    body: { username: 'TAKEN' },
    status: 400,
    answer: { username: ['A user with that username already exists.'] },
  },
  {
    name: 'a user name that is none',
    at: 'PATCH user/',
    headers: asHimself,
    body: { username: 'a b' },
    status: 400,
    answer: {
      username: [
        'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.',
      ],
    },
  },
  {
    name: 'a name that is too long',
    at: 'PATCH user/',
    headers: asHimself,
    body: { first_name: 'x'.repeat(151) },
    status: 400,
    answer: { first_name: ['Ensure this field has no more than 150 characters.'] },
  },
  { name: 'nobody writes', at: 'PUT user/', body: { username: 'x' }, status: 401, answer: nobody },
  {
    name: 'DELETE',
    at: 'DELETE user/',
    headers: asHimself,
    status: 405,
    answer: { detail: 'Method "DELETE" not allowed.' },
  },
]

const change = (body: object) => ({ ...twice, old_password: password, ...body })
const passwordChange: Row[] = [
  {
    name: 'with the old one',
    at: 'password/change/',
    headers: asHimself,
    body: change({}),
    status: 200,
    answer: { detail: 'New password has been saved.' },
  },
  {
    name: 'P25: without the old one',
    at: 'password/change/',
    headers: asHimself,
    body: twice,
    status: 400,
    answer: { old_password: required },
  },
  {
    name: 'P25: with a wrong one',
    at: 'password/change/',
    headers: asHimself,
    body: change({ old_password: 'wrong' }),
    status: 400,
    answer: { old_password: ['Your old password was entered incorrectly. Please enter it again.'] },
  },
  {
    name: 'two that differ',
    at: 'password/change/',
    headers: asHimself,
    body: change({ new_password2: 'a quiet harbour.' }),
    status: 400,
    answer: mismatch,
  },
  {
    name: 'a weak one',
    at: 'password/change/',
    headers: asHimself,
    body: change({ new_password1: '4815162', new_password2: '4815162' }),
    status: 400,
    answer: { new_password2: [short, numeric] },
  },
  {
    name: 'blanks',
    at: 'password/change/',
    headers: asHimself,
    body: { old_password: '', new_password1: '' },
    status: 400,
    answer: { old_password: blank, new_password1: blank, new_password2: required },
  },
  { name: 'nobody', at: 'password/change/', body: change({}), status: 401, answer: nobody },
]

const sent = { detail: 'Password reset e-mail has been sent.' }
const passwordReset: Row[] = [
  {
    name: 'a known address',
    at: 'password/reset/',
    body: ({ email }) => ({ email }),
    status: 200,
    answer: sent,
  },
  {
    name: 'P20: an unknown one',
    at: 'password/reset/',
    body: { email: 'no.one@example.com' },
    status: 200,
    answer: sent,
  },
  { name: 'none', at: 'password/reset/', body: {}, status: 400, answer: { email: required } },
  {
    name: 'what is none',
    at: 'password/reset/',
    body: { email: 'x' },
    status: 400,
    answer: { email: ['Enter a valid email address.'] },
  },
  {
    name: 'confirmed with nothing',
    at: 'password/reset/confirm/',
    body: {},
    status: 400,
    answer: { new_password1: required, new_password2: required, uid: required, token: required },
  },
  {
    name: 'confirmed with a uid that is none',
    at: 'password/reset/confirm/',
    body: { ...twice, uid: '-wrong uid-', token: 'x' },
    status: 400,
    answer: { uid: ['Invalid value'] },
  },
  {
    name: 'confirmed with a token that is none',
    at: 'password/reset/confirm/',
    body: ({ id }) => ({ ...twice, uid: Buffer.from(id).toString('base64url'), token: '-wrong-token-' }),
    status: 400,
    answer: { token: ['Invalid value'] },
  },
  {
    name: 'confirmed with a user who is none',
    at: 'password/reset/confirm/',
    body: { ...twice, uid: 'OTk5', token: '-wrong-token-' },
    status: 400,
    answer: { token: ['Invalid value'] },
  },
  {
    name: 'confirmed with two that differ',
    at: 'password/reset/confirm/',
    body: { ...twice, new_password2: 'another', uid: 'MQ', token: 'x' },
    status: 400,
    answer: mismatch,
  },
]

const tokens: Row[] = [
  {
    name: 'an access token',
    at: 'token/verify/',
    body: ({ pair }) => ({ token: pair.access }),
    status: 200,
    answer: {},
  },
  {
    name: 'a refresh token',
    at: 'token/verify/',
    body: ({ pair }) => ({ token: pair.refresh }),
    status: 200,
    answer: {},
  },
  {
    name: 'garbage',
    at: 'token/verify/',
    body: { token: 'garbage' },
    status: 401,
    answer: { detail: 'Token is invalid or expired', code: 'token_not_valid' },
  },
  { name: 'nothing', at: 'token/verify/', body: {}, status: 400, answer: { token: required } },
  {
    name: 'no refresh token',
    at: 'token/refresh/',
    body: {},
    status: 401,
    answer: { detail: 'No valid refresh token found.', code: 'token_not_valid' },
  },
  {
    name: 'a blank one',
    at: 'token/refresh/',
    body: { refresh: '' },
    status: 401,
    answer: { detail: 'No valid refresh token found.', code: 'token_not_valid' },
  },
  {
    name: 'a forged one',
    at: 'token/refresh/',
    body: { refresh: 'a.b.c' },
    status: 401,
    answer: { detail: 'Token is invalid or expired', code: 'token_not_valid' },
  },
  {
    name: 'one that is no text',
    at: 'token/refresh/',
    body: { refresh: true },
    status: 400,
    answer: { refresh: ['Not a valid string.'] },
  },
]

const newcomer = (body: object = {}) => ({
  ...{ username: 'newcomer', email: 'newcomer@example.com', password1: fresh, password2: fresh },
  ...body,
})
const registration: Row[] = [
  {
    name: 'nothing',
    at: 'registration/',
    body: {},
    status: 400,
    answer: { username: required, email: required, password1: required, password2: required },
  },
  {
    name: 'two passwords that differ',
    at: 'registration/',
    body: newcomer({ password2: 'another' }),
    status: 400,
    answer: { non_field_errors: ["The two password fields didn't match."] },
  },
  {
    name: 'a name that somebody has',
    at: 'registration/',
    body: newcomer({ username: 'Taken' }),
    status: 400,
    answer: { username: ['A user with that username already exists.'] },
  },
  {
    name: 'an address that somebody has',
    at: 'registration/',
    body: newcomer({ email: 'TAKEN@example.com' }),
    status: 400,
    answer: { email: ['A user is already registered with this e-mail address.'] },
  },
  {
    name: 'a weak password',
    at: 'registration/',
    body: newcomer({ password1: '4815162', password2: '4815162' }),
    status: 400,
    answer: { password1: [short, numeric] },
  },
  {
    name: 'a password like the name',
    at: 'registration/',
    body: newcomer({ password1: 'newcomer1', password2: 'newcomer1' }),
    status: 400,
    answer: { non_field_errors: ['The password is too similar to the username.'] },
  },
  {
    name: 'a short password like the name',
    at: 'registration/',
    body: newcomer({ username: 'brief', password1: 'brief1', password2: 'brief1' }),
    status: 400,
    answer: { password1: [short] },
  },
  {
    name: 'a key that is none',
    at: 'registration/verify-email/',
    body: { key: 'x' },
    status: 404,
    answer: { detail: 'Not found.' },
  },
  { name: 'no key', at: 'registration/verify-email/', body: {}, status: 400, answer: { key: required } },
  {
    name: 'GET a key',
    at: 'GET registration/verify-email/',
    status: 405,
    answer: { detail: 'Method "GET" not allowed.' },
  },
  {
    name: 'P20: once more, whoever has the address',
    at: 'registration/resend-email/',
    body: { email: 'no.one@example.com' },
    status: 200,
    answer: { detail: 'ok' },
  },
  {
    name: 'once more, to an address of ours',
    at: 'registration/resend-email/',
    body: ({ email }) => ({ email }),
    status: 200,
    answer: { detail: 'ok' },
  },
]

/** Every endpoint with its rows. */
export const table: Readonly<Record<string, readonly Row[]>> = {
  login,
  logout,
  user,
  'password/change': passwordChange,
  'password/reset': passwordReset,
  token: tokens,
  registration,
}
