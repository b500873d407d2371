// Command desktopflows is a service in Go that runs Microsoft Power Automate desktop flows through Temporal.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log"
	"log/slog"
	"maps"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdklog "go.temporal.io/sdk/log"
)

const usage = "usage: desktopflows run|cancel|schedule ID|activities SECONDS|standalone|nexus ENDPOINT INPUT"

func main() {
	if err := do(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func do(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return errors.New(usage)
	}
	var flow json.RawMessage
	if err := json.Unmarshal([]byte(args[len(args)-1]), &flow); err != nil {
		return err
	}
	// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and Temporal's other variables, or its configuration file.
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return err
	}
	// Standard output is for what this program tells.
	options.Logger = sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	c, err := client.Dial(options)
	if err != nil {
		return err
	}
	defer c.Close()

	taskQueue := cmp.Or(os.Getenv("TEMPORAL_TASK_QUEUE"), "power-automate")
	switch {
	case args[0] == "run":
		return runFlow(ctx, c, taskQueue, flow)
	case args[0] == "cancel":
		return cancelFlow(ctx, c, taskQueue, flow)
	case args[0] == "schedule" && len(args) == 3:
		return schedule(ctx, c, taskQueue, args[1], flow)
	case args[0] == "activities" && len(args) == 3:
		return activities(ctx, c, taskQueue, args[1], flow)
	case args[0] == "standalone":
		return standalone(ctx, c, taskQueue, flow)
	case args[0] == "nexus" && len(args) == 3:
		return nexus(ctx, c, args[1], flow)
	}
	return errors.New(usage)
}

type fields map[string]any

// tell writes one JSON object a line.
func tell(event string, more fields) {
	line := fields{"event": event}
	maps.Copy(line, more)
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}
