/** The pages draw their own skeletons; without this the board's would stand here for a moment. */
export default function SettingsLoading() {
  return null;
}
