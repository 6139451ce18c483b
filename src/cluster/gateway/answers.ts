/** A failure as the gateway tells it: `{"error": {"code", "message", "hint"?}}`, beside what the code needs. */
export function failure(
  status: number,
  error: {code: string; message: string; hint?: string},
  {more, headers}: {more?: Record<string, unknown>; headers?: Record<string, string>} = {},
): Response {
  return Response.json({error, ...more}, {status, headers: {'cache-control': 'no-store', ...headers}})
}
