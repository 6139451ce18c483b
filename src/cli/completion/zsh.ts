import type {CompletedCommand, CompletionModel, Values} from './model.js'
import {shellWord} from './quoting.js'

/** Works as a file `_biomaj` in $fpath and with `source <(...)`. */
export function zshScript({bin, commands, topics}: CompletionModel): string {
  const leading = [...topics, ...commands]
  const below = (start: string) => {
    const found = new Map<string, string>()
    for (const {words, summary} of leading) {
      if (start !== '' && !words.startsWith(`${start} `)) continue
      const [word = '', ...more] = words.slice(start === '' ? 0 : start.length + 1).split(' ')
      if (more.length === 0) found.set(word, summary)
    }
    return [...found].map(([word, summary]) => described(word, summary)).join(' ')
  }
  return `#compdef ${bin}
# ${bin} completion for zsh. Load it in ~/.zshrc, after compinit:  source <(${bin} completion zsh)
_${bin}_ask() {
  local -a found
  found=(\${(f)"$(${bin} "$@" --quiet --no-input 2>/dev/null </dev/null)"})
  compadd -- \${(M)found:#[A-Za-z0-9][A-Za-z0-9._-]#}
}

_${bin}() {
  setopt local_options extended_glob
  local flag=\${words[CURRENT-1]} current=\${words[CURRENT]} at='' i
  local -a cluster
  for ((i = 2; i < CURRENT; i++)); do
    case "$at\${at:+ }\${words[i]}" in
      ${leading.map(({words}) => shellWord(words)).join('|')}) at="$at\${at:+ }\${words[i]}" ;;
      *) break ;;
    esac
  done
  for ((; i < CURRENT - 1; i++)); do
    [[ \${words[i]} == --context ]] && cluster=(--context "\${words[i+1]}")
  done
  if [[ $current == --*=* ]]; then
    flag=\${current%%=*}
    compset -P '*='
    current=''
  fi
  case "$at $flag" in
${commands.flatMap(command => flagValues(bin, command)).join('\n')}
  esac
  local -a choices
  case $at in
${commands.map(command => branch(bin, command)).join('\n')}
${['', ...topics.map(({words}) => words)].map(start => `    ${shellWord(start)}) choices=(${below(start)}); _describe command choices ;;`).join('\n')}
  esac
}

if [[ $funcstack[1] == _${bin} ]]; then _${bin} "$@"; else compdef _${bin} ${bin}; fi
`
}

function flagValues(bin: string, {words, flags}: CompletedCommand): string[] {
  return flags
    .filter(({value}) => value !== undefined)
    .map(({name, char, value}) => {
      const spellings = [`--${name}`, ...(char === undefined ? [] : [`-${char}`])]
      return `    ${spellings.map(flag => shellWord(`${words} ${flag}`)).join('|')}) ${ask(bin, value ?? 'anything')}; return ;;`
    })
}

function branch(bin: string, {words, flags, argument}: CompletedCommand): string {
  const spellings = flags.map(({name, summary}) => described(`--${name}`, summary)).join(' ')
  return `    ${shellWord(words)})
      if [[ $current == -* ]]; then choices=(${spellings}); _describe -o flag choices
      else ${ask(bin, argument)}
      fi ;;`
}

function described(word: string, summary: string): string {
  return shellWord(`${word.replaceAll(':', '\\:')}:${summary}`)
}

function ask(bin: string, values: Values): string {
  if (values === 'contexts') return `_${bin}_ask context list`
  if (values === 'banks') return `_${bin}_ask banks --request-timeout 2s $cluster`
  if (values === 'files') return '_files'
  return values === 'anything' ? ':' : `compadd -- ${values.map(shellWord).join(' ')}`
}
