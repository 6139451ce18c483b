// Stands for the global of this name in the bundle: see build.ts. Nothing is ever an instance of it.
export function FormData() {
  throw new TypeError('FormData is left out of this bundle')
}
