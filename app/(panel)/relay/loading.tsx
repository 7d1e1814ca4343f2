/** The page draws its own skeleton; without this the board's would stand here for a moment. */
export default function RelayLoading() {
  return null;
}
