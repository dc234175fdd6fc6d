/** Something the operator can mend. Printed as it is, without a stack; ends the command with this status. */
export class Failure extends Error {
  readonly status: number

  constructor(message: string, status = 1) {
    super(message)
    this.name = 'Failure'
    this.status = status
  }
}
