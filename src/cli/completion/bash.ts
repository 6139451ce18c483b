import type {CompletedCommand, CompletionModel, Values} from './model.js'
import {shellWord} from './quoting.js'

/** Runs in bash 3.2 too, which macOS has. Names that a cluster sends are never expanded, and dropped if a shell could. */
export function bashScript({bin, commands, topics}: CompletionModel): string {
  const leading = [...topics.map(({words}) => words), ...commands.map(({words}) => words)]
  const below = (start: string) => [
    ...new Set(
      leading
        .filter(words => start === '' || words.startsWith(`${start} `))
        .map(words => words.slice(start === '' ? 0 : start.length + 1).split(' ')[0] ?? ''),
    ),
  ]
  return `# ${bin} completion for bash. Load it in ~/.bashrc:  source <(${bin} completion bash)
_${bin}_ask() {
  local name
  while IFS= read -r name; do
    [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ && $name == "$cur"* ]] && COMPREPLY+=("$name")
  done < <(${bin} "$@" --quiet --no-input 2>/dev/null </dev/null)
}

_${bin}_among() {
  local name
  for name in "$@"; do
    [[ $name == "$cur"* ]] && COMPREPLY+=("$name")
  done
}

_${bin}_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$cur")
}

_${bin}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} flag=\${COMP_WORDS[COMP_CWORD-1]} at='' i
  local -a cluster=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at\${at:+ }\${COMP_WORDS[i]}" in
      ${leading.map(shellWord).join('|')}) at="$at\${at:+ }\${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
  done
  for ((; i < COMP_CWORD - 1; i++)); do
    [[ \${COMP_WORDS[i]} == --context ]] && cluster=(--context "\${COMP_WORDS[i+1]}")
  done
  # bash takes --flag=value apart.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $flag == '=' ]]; then flag=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "$at $flag" in
${commands.flatMap(command => flagValues(bin, command)).join('\n')}
  esac
  case $at in
${commands.map(command => branch(bin, command)).join('\n')}
${['', ...topics.map(({words}) => words)].map(start => `    ${shellWord(start)}) _${bin}_among ${below(start).map(shellWord).join(' ')}${start === '' ? ' help --help --version' : ' --help'} ;;`).join('\n')}
  esac
}
complete -F _${bin} ${bin}
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
  const spellings = flags.flatMap(({name, char}) => [`--${name}`, ...(char === undefined ? [] : [`-${char}`])])
  return `    ${shellWord(words)})
      if [[ $cur == -* ]]; then _${bin}_among ${spellings.join(' ')}
      else ${ask(bin, argument)}
      fi ;;`
}

function ask(bin: string, values: Values): string {
  if (values === 'contexts') return `_${bin}_ask context list`
  if (values === 'banks') return `_${bin}_ask banks --request-timeout 2s \${cluster[@]+"\${cluster[@]}"}`
  if (values === 'files') return `_${bin}_files`
  return values === 'anything' ? ':' : `_${bin}_among ${values.map(shellWord).join(' ')}`
}
