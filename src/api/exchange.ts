import type {Secret} from '../shared/secret.js'

/** A request and its answer, for what is said of them. */
export interface Exchange {
  /** `POST /api/daemon`, for messages. */
  route: string
  /** Scheme, host and port that were asked. */
  origin: string
  /** The request carried an API key. */
  withKey: boolean
  /** That key. BioMAJ repeats it in some errors of its own, from where it must not travel on. */
  apiKey?: Secret | undefined
}

/** Also where the key is part of an address. */
export function withoutKey(text: string, {apiKey}: Exchange): string {
  if (!apiKey) return text
  const key = apiKey.reveal()
  return text.replaceAll(key, String(apiKey)).replaceAll(encodeURIComponent(key), String(apiKey))
}
