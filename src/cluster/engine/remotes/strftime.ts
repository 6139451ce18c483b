import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/**
 * A date as Python's strftime writes it in the C locale.
 *
 * @throws {BiomajError} `config_invalid` for a letter that is not known
 */
export function formatDate(date: Date, format: string): string {
  return format.replaceAll(/%(-?)(.?)/gs, (_all, plain: string, letter: string) => {
    const text = piece(date, letter)
    if (text === undefined) {
      throw new BiomajError({
        code: 'config_invalid',
        message: told`release.format "${format}" cannot be used: %${letter} is not known`,
        hint: 'Write for example %%Y-%%m-%%d.',
      })
    }
    return plain === '' ? text : text.replace(/^0+(?=\d)/, '')
  })
}

function piece(date: Date, letter: string): string | undefined {
  const [year, month, day, weekday] = [date.getFullYear(), date.getMonth(), date.getDate(), date.getDay()]
  const composed = composites[letter]
  if (composed !== undefined) return formatDate(date, composed)
  switch (letter) {
    case 'Y':
      return String(year)
    case 'C':
      return padded(Math.floor(year / 100))
    case 'y':
      return padded(year % 100)
    case 'm':
      return padded(month + 1)
    case 'd':
      return padded(day)
    case 'e':
      return String(day).padStart(2, ' ')
    case 'j':
      return padded(dayOfYear(date), 3)
    case 'B':
      return monthNames[month] ?? ''
    case 'b':
    case 'h':
      return (monthNames[month] ?? '').slice(0, 3)
    case 'A':
      return dayNames[weekday] ?? ''
    case 'a':
      return (dayNames[weekday] ?? '').slice(0, 3)
    case 'u':
      return String(weekday === 0 ? 7 : weekday)
    case 'w':
      return String(weekday)
    case 'U':
      return padded(Math.floor((dayOfYear(date) + 6 - weekday) / 7))
    case 'W':
      return padded(Math.floor((dayOfYear(date) + 6 - ((weekday + 6) % 7)) / 7))
    case 'G':
      return String(isoWeek(date).year)
    case 'g':
      return padded(isoWeek(date).year % 100)
    case 'V':
      return padded(isoWeek(date).week)
    case 'H':
      return padded(date.getHours())
    case 'I':
      return padded(date.getHours() % 12 || 12)
    case 'M':
      return padded(date.getMinutes())
    case 'S':
      return padded(date.getSeconds())
    case 'f':
      return padded(date.getMilliseconds() * 1000, 6)
    case 'p':
      return date.getHours() < 12 ? 'AM' : 'PM'
    // BioMAJ's dates know no zone.
    case 'z':
    case 'Z':
      return ''
    case 's':
      return String(Math.floor(date.getTime() / 1000))
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case '%':
      return '%'
    default:
      return undefined
  }
}

const composites: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
}

function padded(number: number, digits = 2): string {
  return String(number).padStart(digits, '0')
}

const dayMs = 86_400_000

function dayOfYear(date: Date): number {
  return (
    (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / dayMs + 1
  )
}

/** The week of ISO 8601 belongs to the year in which its Thursday is. */
function isoWeek(date: Date): {year: number; week: number} {
  const thursday = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7))
  return {year: thursday.getFullYear(), week: Math.ceil(dayOfYear(thursday) / 7)}
}
