import type {CompletionModel, Values} from './model.js'
import {fishWord} from './quoting.js'

/** One `complete` line for each word and flag; `__biomaj_at` says behind which command the cursor is. */
export function fishScript({bin, commands, topics}: CompletionModel): string {
  const leading = [...topics, ...commands]
  return `# ${bin} completion for fish. Load it in ~/.config/fish/config.fish:  ${bin} completion fish | source
function __${bin}_at
    set -l at
    for word in (commandline -opc)[2..-1]
        if contains -- (string join -- ' ' $at $word) ${leading.map(({words}) => fishWord(words)).join(' ')}
            set -a at $word
        else
            break
        end
    end
    set -l here (string join -- ' ' $at)
    test "$here" = "$argv"
end

function __${bin}_ask
    ${bin} $argv --quiet --no-input 2>/dev/null </dev/null | string match -r '^[A-Za-z0-9][A-Za-z0-9._-]*$'
end

function __${bin}_cluster
    set -l words (commandline -opc)
    if set -l place (contains -i -- --context $words)
        echo -- --context
        echo -- $words[(math $place + 1)]
    end
end

complete -c ${bin} -f
${leading
  .map(({words, summary}) => {
    const parts = words.split(' ')
    const before = parts.slice(0, -1).join(' ')
    return `complete -c ${bin} -n ${at(bin, before)} -a ${fishWord(parts.at(-1) ?? '')} -d ${fishWord(summary)}`
  })
  .join('\n')}
${commands
  .flatMap(({words, flags, argument}) => [
    ...flags.map(({name, char, summary, value}) => {
      const spelling = `-l ${name}${char === undefined ? '' : ` -s ${char}`}`
      return `complete -c ${bin} -n ${at(bin, words)} ${spelling}${value === undefined ? '' : valueOf(bin, value)} -d ${fishWord(summary)}`
    }),
    ...(argument === 'anything' ? [] : [`complete -c ${bin} -n ${at(bin, words)}${argumentOf(bin, argument)}`]),
  ])
  .join('\n')}
`
}

function at(bin: string, words: string): string {
  return `"__${bin}_at ${fishWord(words)}"`
}

function valueOf(bin: string, values: Values): string {
  if (values === 'files') return ' -r -F'
  return values === 'anything' ? ' -x' : ` -x${argumentOf(bin, values)}`
}

function argumentOf(bin: string, values: Exclude<Values, 'anything'>): string {
  if (values === 'contexts') return ` -a "(__${bin}_ask context list)"`
  if (values === 'banks') return ` -a "(__${bin}_ask banks --request-timeout 2s (__${bin}_cluster))"`
  return values === 'files' ? ' -F' : ` -a ${fishWord(values.join(' '))}`
}
