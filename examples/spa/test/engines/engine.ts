// What a tester does with a browser, whichever it is. Each wait has a limit, and says what it
// waited for when that is over.

/** A kind of browser. */
export interface Engine {
  readonly name: string
  /** Starts it with its popup blocker on, as users have it. */
  launch(): Promise<Browser>
}

export interface Browser {
  openTab(url: string): Promise<Tab>
  /** Closes all tabs, and forgets all that their pages have stored. */
  startAnew(): Promise<void>
  close(): Promise<void>
}

/** A tab, or a popup. */
export interface Tab {
  /** Presses the button with this name, as a user does. */
  click(button: string): Promise<void>
  /** The same, and gives the window that opens. */
  clickForPopup(button: string): Promise<Tab>
  /** Types into the empty field with this label. */
  fill(label: string, text: string): Promise<void>
  /** Waits until the text can be read in the page. */
  see(text: string): Promise<void>
  /** The value of an expression, awaited. It may count as a user's gesture. */
  evaluate<T>(expression: string): Promise<T>
  reload(): Promise<void>
  /** One step back in the history. */
  goBack(): Promise<void>
  /** Gives it the focus, as a click on it does; where the driver can. */
  bringToFront?(): Promise<void>
  /** Closes it, as a user does. */
  close(): Promise<void>
  /** Waits until the page has closed itself. */
  closed(): Promise<void>
}

/** How long a wait in a test may take, in ms: browsers on a busy machine take their time. */
export const patience = 20_000
