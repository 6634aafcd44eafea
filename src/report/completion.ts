/** An option as a shell completes it. */
export type CompletedOption = {
  /** With its dashes. */
  readonly flag: string
  readonly describe: string
  /** Values that there are; with none it takes any value. Absent for an option without a value. */
  readonly values?: readonly string[]
  readonly isRepeatable?: boolean
}

/** A subcommand as a shell completes it. */
export type CompletedCommand = {
  readonly name: string
  readonly describe: string
  readonly options: readonly CompletedOption[]
  /** Words that its positional argument may be. */
  readonly words: readonly string[]
}

/** The shells that scripts are made for. */
export const SHELLS = ['bash', 'zsh'] as const

/** One of them. */
export type Shell = (typeof SHELLS)[number]

/** The script for a shell. Pure. */
export const renderCompletion = (shell: Shell, commands: readonly CompletedCommand[]): string => {
  switch (shell) {
    case 'bash':
      return renderBash(commands)
    case 'zsh':
      return renderZsh(commands)
  }
}

const renderBash = (commands: readonly CompletedCommand[]): string => {
  const withValue = commands.flatMap(({ name, options }) =>
    options.flatMap(({ flag, values }) => (values === undefined ? [] : [{ key: `${name} ${flag}`, values }])),
  )
  const chosen = withValue.filter(({ values }) => values.length > 0)
  const free = withValue.filter(({ values }) => values.length === 0)
  return `# bash completion of fai-classes. In ~/.bashrc: source <(fai-classes completion bash)
_fai_classes() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=
  # "=" is a word of its own here.
  if [ "$current" = = ]; then
    current=
  elif [ "$previous" = = ]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoteShell(commands.map(({ name }) => name).join(' '))} -- "$current"))
    return
  fi
  case "$command $previous" in
${chosen.map(({ key, values }) => `    ${quoteShell(key)}) words=${quoteShell(values.join(' '))} ;;\n`).join('')}\
    ${free.map(({ key }) => quoteShell(key)).join(' | \\\n    ')}) return ;;
    *)
      case "$command $current" in
${commands.map(bashWords).join('')}\
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _fai_classes fai-classes
`
}

const bashWords = ({ name, options, words }: CompletedCommand): string => {
  const flags = quoteShell(options.map(({ flag }) => flag).join(' '))
  const plain =
    words.length === 0 ? '' : `        ${quoteShell(`${name} `)}*) words=${quoteShell(words.join(' '))} ;;\n`
  return `        ${quoteShell(`${name} -`)}*) words=${flags} ;;\n${plain}`
}

const renderZsh = (commands: readonly CompletedCommand[]): string => `#compdef fai-classes
# zsh completion of fai-classes. As _fai-classes in a directory of $fpath, or in ~/.zshrc after compinit:
# source <(fai-classes completion zsh)
_fai_classes() {
  local -a commands
  commands=(
${commands.map(({ name, describe }) => `    ${quoteShell(`${name}:${escapeZsh(describe)}`)}\n`).join('')}\
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(zshCase).join('')}\
  esac
}
if [[ $funcstack[1] == _fai-classes ]]; then
  _fai_classes "$@"
else
  compdef _fai_classes fai-classes
fi
`

const zshCase = ({ name, options, words }: CompletedCommand): string => {
  const rest = words.length === 0 ? '*:argument:_files' : `*:argument:(${words.join(' ')})`
  const specs = [...options.map(zshOption), rest].map(spec => ` \\\n        ${quoteShell(spec)}`)
  return `    ${name})\n      _arguments${specs.join('')}\n      ;;\n`
}

const zshOption = ({ flag, describe, values, isRepeatable }: CompletedOption): string => {
  const text = `${isRepeatable ? '*' : ''}${flag}${values === undefined ? '' : '='}[${escapeZsh(describe)}]`
  if (values === undefined) return text
  return `${text}:value:${values.length === 0 ? '_files' : `(${values.join(' ')})`}`
}

/** In a specification these characters end a part. */
const escapeZsh = (text: string): string => text.replaceAll(/[\\[\]:]/g, character => `\\${character}`)

const quoteShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
