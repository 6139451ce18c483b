// Every test starts from the same environment, whatever shell runs the suite.
process.env['TZ'] = 'UTC'
for (const name of Object.keys(process.env)) {
  if (name.startsWith('BIOMAJ_') && !name.startsWith('BIOMAJ_TEST_')) delete process.env[name]
}
for (const name of [
  'NO_COLOR',
  'FORCE_COLOR',
  'CI',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
]) {
  delete process.env[name]
}
