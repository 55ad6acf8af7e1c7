interface ConnectFormProps {
  label?: "Connect Webflow" | "Connect another workspace" | "Reconnect" | "Try again";
  main?: boolean;
  describedBy?: string;
}

/**
 * Starts a connection at Webflow. A plain form and no server action: the browser leaves for Webflow anyway, and with or without
 * client JavaScript it is the same.
 */
export function ConnectForm({ label = "Connect Webflow", main = true, describedBy }: ConnectFormProps) {
  return (
    <form action="/install" method="post">
      <button type="submit" className={main ? "button-main" : "button"} aria-describedby={describedBy}>
        {label}
      </button>
    </form>
  );
}
