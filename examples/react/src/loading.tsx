/** What a page shows in place of what has not arrived yet. */
export function Loading() {
  return (
    <div className="card loading" role="status" aria-label="Loading">
      <span className="bone" />
      <span className="bone" />
      <span className="bone" />
    </div>
  )
}
