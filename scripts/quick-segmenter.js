// Takes the place of Intl.Segmenter in the packages that draw the dashboard: they segment every row of every frame, and
// making the tables of ICU takes longer than the first frame.

/** Letters, figures, escape sequences and the symbols of our own: each is one character as readers see it, one cell wide. */
const simple =
  // oxlint-disable-next-line no-control-regex
  /^[\n\u001B -~\u00A0-\u00AC\u00AE-\u017F\u2010-\u2027\u2190-\u21FF\u2212\u23CE\u2500-\u25CF\u2713\u2717]*$/

export function quickSegmenter(...options) {
  let thorough
  return {
    segment(text) {
      if (simple.test(text)) return new Characters(text)
      thorough ??= new Intl.Segmenter(...options)
      return thorough.segment(text)
    },
  }
}

class Characters {
  #text

  constructor(text) {
    this.#text = text
  }

  containing(at) {
    const segment = this.#text[at]
    return segment === undefined ? undefined : {segment, index: at, input: this.#text}
  }

  *[Symbol.iterator]() {
    const input = this.#text
    for (let index = 0; index < input.length; index++) yield {segment: input[index], index, input}
  }
}
