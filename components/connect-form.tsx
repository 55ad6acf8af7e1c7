import { connectWebflow } from "@/app/actions";
import { SubmitButton } from "@/components/submit-button";

interface ConnectFormProps {
  label?: "Connect Webflow" | "Connect another workspace" | "Try again";
  main?: boolean;
}

/** Starts a connection at Webflow. A plain form: it works before and without client JavaScript. */
export function ConnectForm({ label = "Connect Webflow", main = true }: ConnectFormProps) {
  return (
    <form action={connectWebflow}>
      <SubmitButton className={main ? "button-main" : "button"} pending="Opening Webflow…">
        {label}
      </SubmitButton>
    </form>
  );
}
