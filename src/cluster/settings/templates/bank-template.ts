/** A properties file that a new bank can begin with. */
export interface BankTemplate {
  name: string
  /** One line for people. */
  summary: string
  /** Lines that follow `[GENERAL]` and the bank's name. */
  lines(values: TemplateValues): readonly string[]
}

export interface TemplateValues {
  bank: string
  /** Where the sample data of the package is served: `127.0.0.1:40123`. */
  sampleServer: string
}

/** Marks the line that the cluster keeps up to date: the port of the sample data changes when it is taken. */
export const sampleMarker = '# The next line is kept up to date by biomaj cluster start.'

/** The whole properties file. */
export function propertiesOf(template: BankTemplate, values: TemplateValues): string {
  return [`# ${template.summary}`, '[GENERAL]', `db.name=${values.bank}`, ...template.lines(values), ''].join('\n')
}
