// Stands for the global of this name in the bundle: see build.ts.
export class FormData {}
