package main

import "time"

// What goes over the wire, as docs/results.md and docs/activities.md have it. Fields that a newer worker adds are
// ignored, so that it may be updated before this service.

type FlowSession struct {
	FlowSessionID string `json:"flowSessionId"`
}

type RunView struct {
	Phase         string  `json:"phase"`
	FlowSessionID *string `json:"flowSessionId"`
	Status        *string `json:"status"`
	Attempt       int     `json:"attempt"`
}

// Attempt is one robot that was started.
type Attempt struct {
	FlowSession
	StatusCode   int        `json:"statusCode"`
	Status       string     `json:"status"`
	StartedOn    *time.Time `json:"startedOn"`
	CompletedOn  *time.Time `json:"completedOn"`
	ErrorCode    string     `json:"errorCode"`
	ErrorSubCode string     `json:"errorSubCode"`
	ErrorMessage string     `json:"errorMessage"`
	StoppedFor   string     `json:"stoppedFor"`
	Duplicates   []string   `json:"duplicates"`
}

type LicenseCheck struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type RunResult struct {
	Attempt
	// Outputs is nil where the robot left none.
	Outputs      map[string]any `json:"outputs"`
	Attempts     []Attempt      `json:"attempts"`
	LicenseCheck *LicenseCheck  `json:"licenseCheck"`
}

type DataverseAnswer struct {
	HTTPStatus   int    `json:"httpStatus"`
	Code         string `json:"code"`
	Message      string `json:"message"`
	RequestID    string `json:"requestId"`
	RetryAfterMs int64  `json:"retryAfterMs"`
}

// FailureDetails is details[0] of a failed run: the part of a result that is known, and what the failure adds.
type FailureDetails struct {
	RunResult
	Origin        string           `json:"origin"`
	Deadline      string           `json:"deadline"`
	ErrorCategory string           `json:"errorCategory"`
	Dataverse     *DataverseAnswer `json:"dataverse"`
}

type FlowRunStatus struct {
	FlowSession
	StatusCode int    `json:"statusCode"`
	Status     string `json:"status"`
}

type FlowOutputs struct {
	Outputs map[string]any `json:"outputs"`
}
