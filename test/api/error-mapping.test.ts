import {describe, expect, it} from 'vitest'
import {errorFromStatus, errorFromWords} from '../../src/api/error-mapping.js'
import {errorFromTransport} from '../../src/api/transport-errors.js'
import {BiomajError, type ErrorCode, Secret} from '../../src/api/index.js'

const anonymous = {route: 'GET /x', origin: 'http://biomaj.test', withKey: false}
const withKey = {...anonymous, withKey: true, apiKey: new Secret('KEY-OF-A-TEST')}

describe('words of the server', () => {
  it.for<[string, ErrorCode, string]>([
    ['Configuration file alu.properties does not exists', 'bank_not_found', 'There is no bank "alu" on this cluster'],
    ['Bank is locked due to an other action', 'bank_locked', 'The bank is locked by another action'],
    ['Biomaj is in maintenance', 'maintenance', 'The cluster is in maintenance'],
    [
      'Skip bank maintenance: wrong config\n',
      'refused',
      'The cluster finds mistakes in the configuration of bank "maintenance"',
    ],
    [
      'No production session could be found for this release',
      'release_not_found',
      'The bank has no such release in production',
    ],
    ['Invalid credentials', 'bad_credentials', 'The cluster does not know this user and password'],
    ['Access forbidden', 'forbidden', 'Only its owner and administrators may see this bank'],
    ['Not authorized, bank owned by jane', 'forbidden', 'Only administrators and the owner, jane, may do this'],
    [
      "403 Forbidden: {'message': 'not authorized to access this bank'}",
      'forbidden',
      'Only its owner and administrators may see this bank',
    ],
    [
      "401 Unauthorized: {'message': 'This action requires authentication with api key'}",
      'login_required',
      'The cluster wants an API key for this',
    ],
    ['Micro services activated but user not authenticated', 'login_required', 'The cluster wants an API key for this'],
    [
      "HTTPConnectionPool(host='x', port=5000): Max retries exceeded with url: /api/user/info/apikey/K (Caused by …)",
      'server_error',
      'The user service of the cluster does not answer',
    ],
    ['something new', 'refused', 'The cluster refused GET /x: something new'],
    ['', 'refused', 'The cluster refused GET /x without a reason'],
  ])('%j are %s', ([words, code, message]) => {
    expect(errorFromWords(words, anonymous)).toMatchObject({code, message})
  })

  it('that want a key are about the key when there was one', () => {
    expect(errorFromWords('401 Unauthorized', withKey)).toMatchObject({
      code: 'key_invalid',
      message: 'The cluster does not know this API key',
    })
  })

  it('are kept as they were said', () => {
    expect(errorFromWords('Bank is locked due to an other action', anonymous).details).toEqual({
      serverMessage: 'Bank is locked due to an other action',
    })
  })

  it('move no cursor and end no line', () => {
    const error = errorFromWords('no\u001B[2J\u001B]0;title\u0007 \u202Ereason\nand more', anonymous)
    expect(error.message).toBe('The cluster refused GET /x: no reason and more')
    expect(error.details).toEqual({serverMessage: 'no reason and more'})
  })

  it('lose the key that was sent', () => {
    expect(errorFromWords('no key KEY-OF-A-TEST here', withKey).message).toBe(
      'The cluster refused GET /x: no key *** here',
    )
  })

  it('lose the key also where invisible characters were put into it', () => {
    const {message} = errorFromWords('KEY-OF\u200B-A-\u001B[0mTEST', withKey)
    expect(message).toBe('The cluster refused GET /x: ***')
  })
})

describe('a status', () => {
  it.for<[number, ErrorCode]>([
    [400, 'server_error'],
    [401, 'login_required'],
    [403, 'forbidden'],
    [404, 'protocol'],
    [405, 'protocol'],
    [408, 'unreachable'],
    [415, 'server_error'],
    [425, 'unreachable'],
    [429, 'unreachable'],
    [500, 'server_error'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [504, 'unreachable'],
    [599, 'server_error'],
  ])('%d without words is %s', ([status, code]) => {
    const error = errorFromStatus(status, '', anonymous)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/^(The cluster|http:)[^\n]+$/)
  })

  it('401 is about the key when there was one', () => {
    expect(errorFromStatus(401, '<p>no</p>', withKey)).toMatchObject({code: 'key_invalid'})
  })

  it('403 says why, without control characters', () => {
    expect(errorFromStatus(403, '<p>not\u001B[31m you</p>', anonymous)).toMatchObject({
      code: 'forbidden',
      message: 'The cluster refused GET /x: not you',
    })
  })

  it.for([
    ['<p>It is &#39;broken&#39; &amp; &lt;old&gt;</p>', "It is 'broken' & <old>"],
    ['<P>upper case</P>', 'upper case'],
    ['<p>the <b>first</b></p><p>and the second</p>', 'the first'],
    ['plain words', 'plain words'],
  ])('500 gives its reason: %j', ([body = '', words]) => {
    expect(errorFromStatus(500, body, anonymous).message).toBe(`The cluster failed on GET /x: ${words}`)
  })

  it.for([
    '<p>The server encountered an internal error and was unable to complete your request.</p>',
    '<h1>no paragraph</h1>',
    '<p>no end',
    '',
  ])('500 gives no reason: %j', body => {
    expect(errorFromStatus(500, body, anonymous)).toMatchObject({
      code: 'server_error',
      message: 'The cluster failed on GET /x (HTTP 500) and gave no reason',
      details: {status: 500},
    })
  })
})

describe('a failure of the connection', () => {
  it.for<[string, ErrorCode, string]>([
    ['ETIMEDOUT', 'timeout', 'No whole answer from http://biomaj.test to GET /x in time'],
    ['ECONNREFUSED', 'unreachable', 'Cannot reach http://biomaj.test: connection refused'],
    ['ECONNRESET', 'unreachable', 'Cannot reach http://biomaj.test: the connection broke'],
    ['EPIPE', 'unreachable', 'Cannot reach http://biomaj.test: the connection broke'],
    ['ENOTFOUND', 'unreachable', 'Cannot reach http://biomaj.test: the host name is unknown'],
    ['EAI_AGAIN', 'unreachable', 'Cannot reach http://biomaj.test: the host name is unknown'],
    ['EHOSTUNREACH', 'unreachable', 'Cannot reach http://biomaj.test: no route to the host'],
    ['ENETUNREACH', 'unreachable', 'Cannot reach http://biomaj.test: no route to the host'],
    ['Z_BUF_ERROR', 'unreachable', 'Cannot reach http://biomaj.test: the answer was cut short'],
    ['EMFILE', 'unreachable', 'Cannot reach http://biomaj.test: said so'],
    ['Z_DATA_ERROR', 'protocol', 'http://biomaj.test answered GET /x with a body that cannot be unpacked'],
    ['HPE_INVALID_CONSTANT', 'protocol', 'http://biomaj.test answered GET /x with something that is not HTTP'],
    ['CERT_HAS_EXPIRED', 'tls', 'No trusted connection to http://biomaj.test: said so (CERT_HAS_EXPIRED)'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'tls',
      'No trusted connection to http://biomaj.test: said so (SELF_SIGNED_CERT_IN_CHAIN)',
    ],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'tls',
      'No trusted connection to http://biomaj.test: said so (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    ['EPROTO', 'tls', 'No trusted connection to http://biomaj.test: said so (EPROTO)'],
  ])('%s is %s', ([code, expected, message]) => {
    const error = errorFromTransport(Object.assign(new Error('said so'), {code}), anonymous)
    expect(error).toMatchObject({code: expected, message})
    expect(error.cause).toMatchObject({code})
  })

  it.for([
    ['Proxy timeout', 'the HTTP proxy on the way did not answer'],
    ['Bad response: 503', 'the HTTP proxy on the way refused (HTTP 503)'],
  ])('in the HTTP proxy is told: %s', ([message, words]) => {
    expect(errorFromTransport(new Error(message), anonymous).message).toBe(`Cannot reach http://biomaj.test: ${words}`)
  })

  it('is one line, without advice about the command line of Node', () => {
    const cause = Object.assign(new Error('bad certificate; run node --so\nor so'), {code: 'CERT_REJECTED'})
    expect(errorFromTransport(cause, anonymous).message).toBe(
      'No trusted connection to http://biomaj.test: bad certificate (CERT_REJECTED)',
    )
  })

  it('that is one of ours already stays as it is', () => {
    const error = new BiomajError({code: 'response_too_large', message: 'too large'})
    expect(errorFromTransport(error, anonymous)).toBe(error)
  })

  it('that is no error at all is told', () => {
    expect(errorFromTransport('a word', anonymous).message).toBe('Cannot reach http://biomaj.test: a word')
  })
})

const told = (error: unknown) => JSON.stringify({error})

describe('an error in JSON', () => {
  it.for<[number, string, ErrorCode]>([
    [409, 'bank_busy', 'bank_busy'],
    [404, 'job_not_found', 'job_not_found'],
    [401, 'key_invalid', 'key_invalid'],
    [503, 'maintenance', 'maintenance'],
  ])('keeps code, message and hint of %s %s', ([status, code, expected]) => {
    const error = errorFromStatus(status, told({code, message: 'why', hint: 'do this'}), withKey)
    expect(error).toMatchObject({code: expected, message: 'why', hint: 'do this'})
  })

  it('takes no code that is about this side, but the words', () => {
    const error = errorFromStatus(
      500,
      told({code: 'internal', message: 'Bank is locked due to an other action'}),
      anonymous,
    )
    expect(error.code).toBe('bank_locked')
  })

  it('is made safe, and does not repeat the key', () => {
    const message = 'bad\u001B[31m key KEY-OF-A-TEST'
    const error = errorFromStatus(400, told({code: 'refused', message, hint: message}), withKey)
    expect(`${error.message} ${error.hint}`).not.toContain('KEY-OF')
    expect(`${error.message} ${error.hint}`).not.toContain('\u001B')
  })

  it('that was cut short is read as any other page', () => {
    expect(errorFromStatus(500, '{"error": {"code": "refused", "mess', anonymous).code).toBe('server_error')
  })
})
