/** What is wrong, by the name of the setting: a sentence each, none of which quotes a value. */
export type Sentences = Map<string, string>

/** Thrown when the program can't be started like this. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings'
  readonly sentences: readonly string[]

  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.sentences = sentences
  }
}
