import { account, formBody, goodPassword, multipartBody, typed } from './bodies.ts'
import { reasons } from './reasons.ts'
import type { Given, Scenario, ScenarioTable, Send } from './scenario.ts'

const at = 'POST /api/register/'
const created = '{"id":"<uuid>","username":"<user>","email":"<user>@example.com"}'

function refused(name: string, send: Send, status: number, body: string): Scenario {
  return { name, at, send, status, body }
}

function accepted(name: string, send: (given: Given) => Send): Scenario {
  return { name, at, send, status: 201, body: created }
}

const parseError = (fault: string) => `{"detail":"JSON parse error - ${fault}"}`
const unsupported = (type: string) => `{"detail":"Unsupported media type \\"${type}\\" in request."}`
const tooLarge = '{"detail":"The request body is larger than 65536 bytes."}'
const notADictionary = (type: string) =>
  `{"non_field_errors":["Invalid data. Expected a dictionary, but got ${type}."]}`

const strings = ({ user }: Given) => ({
  username: user,
  email: `${user}@example.com`,
  password: goodPassword,
})
const megabytes = 'x'.repeat(3_000_000)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** What a body may be, whatever its fields say. */
export const registerBodies: ScenarioTable = {
  group: 'register',
  title: 'bodies',
  rows: [
    accepted('valid', ({ user }) => ({ body: account(user) })),
    accepted('form-urlencoded', (given) => formBody(strings(given))),
    accepted('multipart/form-data', (given) => multipartBody(strings(given))),
    accepted('application/json; charset=utf-8', ({ user }) =>
      typed(JSON.stringify(account(user)), 'application/json; charset=utf-8'),
    ),
    accepted('duplicate JSON key (last one wins?)', ({ user }) =>
      typed(`{"username":"not this one",${JSON.stringify(account(user)).slice(1)}`),
    ),
    accepted("other scheme's Authorization header on this open route", ({ user }) => ({
      body: account(user),
      headers: { authorization: 'Basic YWxpY2U6dGVzdDEyMzQ=' },
    })),
    {
      ...accepted('garbage Authorization header on this open route', ({ user }) => ({
        body: account(user),
        headers: { authorization: 'Bearer garbage' },
      })),
      deviation: reasons.openRoute,
    },
    refused('body is a JSON list', { body: [] }, 400, notADictionary('list')),
    refused('body is a JSON string', typed('"alice"'), 400, notADictionary('str')),
    refused('body is a JSON number', typed('12'), 400, notADictionary('int')),
    refused('body is JSON true', typed('true'), 400, notADictionary('bool')),
    refused('body is JSON null', typed('null'), 400, '{"non_field_errors":["No data provided"]}'),
    refused(
      'malformed JSON',
      typed('{"username": '),
      400,
      parseError('Expecting value: line 1 column 14 (char 13)'),
    ),
    refused(
      'JSON NaN constant',
      typed('{"username": NaN}'),
      400,
      parseError("Out of range float values are not JSON compliant: 'NaN'"),
    ),
    refused(
      'invalid UTF-8 in JSON',
      typed(Buffer.from('{"username": "\xff"}', 'latin1')),
      400,
      parseError("'utf-8' codec can't decode byte 0xff in position 14: invalid start byte"),
    ),
    refused(
      'UTF-8 BOM before the JSON',
      typed('\ufeff{}'),
      400,
      parseError('Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'),
    ),
    {
      ...refused(
        'JSON in Latin-1, and says so',
        typed(Buffer.from('{"username": "\xfc"}', 'latin1'), 'application/json; charset=latin-1'),
        400,
        parseError("'utf-8' codec can't decode byte 0xfc in position 14: invalid start byte"),
      ),
      deviation: reasons.utf8Json,
      django: '400 `{"email":["This field is required."],"password":["This field is required."]}`',
    },
    {
      ...refused(
        'Content-Type: application/*',
        typed('{}', 'application/*'),
        415,
        unsupported('application/*'),
      ),
      deviation: reasons.exactType,
      django:
        '400 `{"username":["This field is required."],"email":["This field is required."],"password":["This field is required."]}`',
    },
    refused('text/plain', typed('alice', 'text/plain'), 415, unsupported('text/plain')),
    refused('application/xml', typed('<user/>', 'application/xml'), 415, unsupported('application/xml')),
    refused('JSON body with no Content-Type', typed('{}', ''), 415, unsupported('')),
    {
      ...refused('3 MB JSON body (long username)', { body: { username: megabytes } }, 413, tooLarge),
      headers: { connection: 'close' },
      deviation: reasons.bodySize,
    },
    {
      ...refused('3 MB form body', formBody({ username: megabytes }), 413, tooLarge),
      deviation: reasons.bodySize,
    },
    {
      ...refused('deeply nested JSON (100k brackets)', typed(nested(100_000)), 413, tooLarge),
      deviation: reasons.bodySize,
    },
    {
      ...refused('H06: nested as deep as a body may be', typed(nested(32_000)), 400, notADictionary('list')),
      deviation: reasons.never500,
      django: '500, HTML page',
    },
    refused(
      'H06: a field nested as deep',
      typed(`{"username":${nested(30_000)},"email":"a@example.com","password":"correct horse battery"}`),
      400,
      '{"username":["Not a valid string."]}',
    ),
    refused(
      'H06: brackets that never close',
      typed('['.repeat(60_000)),
      400,
      parseError('Expecting value: line 1 column 60001 (char 60000)'),
    ),
  ],
}
