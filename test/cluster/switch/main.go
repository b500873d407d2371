// A network switch in a process, with links that can be cut, made lossy and made slow, one direction at a time. The
// kernel's netem does the same, but many kernels lack it.
//
// Each argument names a host. The switch makes a tap device for each, tap0, tap1 and so on; whoever started it moves them
// into namespaces, and gives the one of host n the address 02:00:00:00:00:n+1. It prints "ready", and then carries out
// lines of its standard input: "<from> <to> <loss in per mille> <delay in milliseconds>", each answered by "ok".
package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	setInterface = 0x400454ca // TUNSETIFF
	isTap        = 0x0002     // IFF_TAP
	isBare       = 0x1000     // IFF_NO_PI

	longestFrame = 65_536
	// Frames that a slow link holds; what comes on top is lost, as on a real one.
	heldFrames = 20_000
)

type rule struct {
	lossPerMille int
	delay        time.Duration
}

type held struct {
	frame []byte
	due   time.Time
}

type link struct {
	rule atomic.Pointer[rule]
	slow chan held
}

type port struct {
	tap   *os.File
	links []*link
}

func main() {
	names := os.Args[1:]
	ports := make([]*port, len(names))
	for index := range names {
		tap, err := openTap(fmt.Sprintf("tap%d", index))
		if err != nil {
			fail(err)
		}
		ports[index] = &port{tap: tap}
	}
	for _, from := range ports {
		for _, to := range ports {
			one := &link{slow: make(chan held, heldFrames)}
			one.rule.Store(&rule{})
			from.links = append(from.links, one)
			go deliver(one, to)
		}
	}
	for index := range ports {
		go forward(index, ports)
	}
	fmt.Println("ready")
	obey(names, ports)
}

func openTap(name string) (*os.File, error) {
	descriptor, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun cannot be opened: %w", err)
	}
	var request [40]byte
	copy(request[:15], name)
	*(*uint16)(unsafe.Pointer(&request[16])) = isTap | isBare
	_, _, number := syscall.Syscall(syscall.SYS_IOCTL, uintptr(descriptor), setInterface, uintptr(unsafe.Pointer(&request)))
	if number != 0 {
		return nil, fmt.Errorf("%s cannot be made: %w", name, number)
	}
	return os.NewFile(uintptr(descriptor), name), nil
}

// Reads what a host sends, for as long as the switch lives.
func forward(index int, ports []*port) {
	buffer := make([]byte, longestFrame)
	for {
		length, err := ports[index].tap.Read(buffer)
		if err != nil {
			// The device is down until it has an address.
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if length < 14 {
			continue
		}
		frame := buffer[:length]
		if target := int(frame[5]) - 1; frame[0] == 2 && target < len(ports) {
			send(ports[index].links[target], ports[target], frame)
			continue
		}
		for target, to := range ports {
			if target != index {
				send(ports[index].links[target], to, frame)
			}
		}
	}
}

func send(over *link, to *port, frame []byte) {
	now := over.rule.Load()
	if now.lossPerMille > 0 && rand.IntN(1000) < now.lossPerMille {
		return
	}
	if now.delay == 0 {
		_, _ = to.tap.Write(frame)
		return
	}
	select {
	case over.slow <- held{append([]byte(nil), frame...), time.Now().Add(now.delay)}:
	default:
	}
}

// Delivers what a slow link holds, in the order in which it came.
func deliver(over *link, to *port) {
	for next := range over.slow {
		time.Sleep(time.Until(next.due))
		_, _ = to.tap.Write(next.frame)
	}
}

func obey(names []string, ports []*port) {
	index := map[string]int{}
	for at, name := range names {
		index[name] = at
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) != 4 {
			fail(fmt.Errorf("four words are expected: %q", lines.Text()))
		}
		from, isFrom := index[words[0]]
		to, isTo := index[words[1]]
		loss, lossErr := strconv.Atoi(words[2])
		delay, delayErr := strconv.Atoi(words[3])
		if !isFrom || !isTo || lossErr != nil || delayErr != nil {
			fail(fmt.Errorf("two hosts and two numbers are expected: %q", lines.Text()))
		}
		ports[from].links[to].rule.Store(&rule{loss, time.Duration(delay) * time.Millisecond})
		fmt.Println("ok")
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
