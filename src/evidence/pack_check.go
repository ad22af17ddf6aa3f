// Checks this evidence pack offline by Go's own transparency log code (golang.org/x/mod/sumdb).
// Debian: apt-get install golang-go golang-golang-x-mod-dev
//   GO111MODULE=off GOPATH=/usr/share/gocode go run check.go [VKEY]
// VKEY: the log's public key as you got it from somewhere else than this pack.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var faults int

func fault(format string, what ...interface{}) {
	faults++
	fmt.Printf("FAULT 有误: "+format+"\n", what...)
}
func read(name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		fault("%v", err)
	}
	return string(data)
}
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
func sum(data string) string {
	h := sha256.Sum256([]byte(data))
	return hex.EncodeToString(h[:])
}
func hash(text string) (h tlog.Hash, good bool) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) != len(h) {
		return h, false
	}
	copy(h[:], data)
	return h, true
}

func checkManifest() {
	listed := map[string]bool{"MANIFEST.sha256": true}
	for _, line := range lines(read("MANIFEST.sha256")) {
		if len(line) < 67 {
			fault("MANIFEST.sha256: %q", line)
			continue
		}
		listed[line[66:]] = true
		if sum(read(line[66:])) != line[:64] {
			fault("%s is not as MANIFEST.sha256 says", line[66:])
		}
	}
	filepath.Walk(".", func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !listed[path] {
			fault("%s is not in MANIFEST.sha256", path)
		}
		return err
	})
}

type tree struct {
	size int64
	root tlog.Hash
}

func checkCheckpoint() (t tree) {
	vkey := strings.TrimSuffix(read("vkey"), "\n")
	if len(os.Args) > 1 && os.Args[1] != vkey {
		fault("the pack's vkey is not the one you gave")
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		fault("vkey: %v", err)
		return
	}
	opened, err := note.Open([]byte(read("checkpoint")), note.VerifierList(verifier))
	if err != nil {
		fault("checkpoint: %v", err)
		return
	}
	text := lines(opened.Text)
	if len(text) < 3 || text[0] != verifier.Name() {
		fault("the checkpoint is of another log")
		return
	}
	size, err := strconv.ParseInt(text[1], 10, 64)
	root, good := hash(text[2])
	if err != nil || !good {
		fault("the checkpoint has no tree")
		return
	}
	return tree{size, root}
}

func checkProof(at int, entry string, t tree) {
	name := fmt.Sprintf("proofs/%06d.tlog-proof", at)
	head, note, found := strings.Cut(read(name), "\n\n")
	text := lines(head)
	if !found || note != read("checkpoint") {
		fault("%s: of another checkpoint", name)
		return
	}
	if len(text) > 1 && strings.HasPrefix(text[1], "extra ") {
		text = append(text[:1], text[2:]...)
	}
	if len(text) < 2 || text[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(text[1], "index ") {
		fault("%s: no tlog-proof", name)
		return
	}
	index, err := strconv.ParseInt(text[1][len("index "):], 10, 64)
	var path tlog.RecordProof
	for _, line := range text[2:] {
		h, good := hash(line)
		if !good {
			fault("%s: %q is no hash", name, line)
		}
		path = append(path, h)
	}
	if err == nil {
		err = tlog.CheckRecord(path, t.size, t.root, index, tlog.RecordHash([]byte(entry)))
	}
	if err != nil {
		fault("%s: %v", name, err)
	}
}

type document struct {
	SHA256 string `json:"sha256"`
}

func checkFacts(t tree) (count int, documents map[string]bool) {
	documents = map[string]bool{}
	facts, entries := lines(read("facts.jsonl")), lines(read("entries.jsonl"))
	if len(facts) != len(entries) {
		fault("not one entry a fact")
		return
	}
	for i, line := range facts {
		var given struct {
			Salt string          `json:"salt"`
			Fact json.RawMessage `json:"fact"`
		}
		var fact struct {
			ID, Kind string
			Body     json.RawMessage
		}
		var entry struct {
			V                int
			ID, Kind, Commit string
		}
		if json.Unmarshal([]byte(line), &given) != nil || json.Unmarshal(given.Fact, &fact) != nil ||
			json.Unmarshal([]byte(entries[i]), &entry) != nil {
			fault("fact %d: not of the form", i+1)
			continue
		}
		salt, err := hex.DecodeString(given.Salt)
		commit := sha256.Sum256(bytes.Join([][]byte{[]byte("evenhand-fact-v1\n"), salt, given.Fact}, nil))
		if err != nil || len(salt) != 32 || base64.StdEncoding.EncodeToString(commit[:]) != entry.Commit {
			fault("fact %d: not what was committed to", i+1)
		}
		if fact.ID != entry.ID || fact.Kind != entry.Kind || entry.V != 1 {
			fault("fact %d: the entry is of another fact", i+1)
		}
		checkProof(i+1, entries[i], t)
		var body document
		if fact.Kind == "document_added" && json.Unmarshal(fact.Body, &body) == nil {
			documents[body.SHA256] = true
		}
	}
	if found, _ := filepath.Glob("proofs/*"); len(found) != len(facts) {
		fault("not one proof a fact")
	}
	return len(facts), documents
}

func main() {
	checkManifest()
	t := checkCheckpoint()
	count, documents := checkFacts(t)
	files, _ := filepath.Glob("documents/*")
	for _, file := range files {
		if !documents[sum(read(file))] {
			fault("%s: no fact tells of these bytes", file)
		}
	}
	packs, _ := filepath.Glob("packs/*.dmn")
	for _, file := range packs {
		if version := file[strings.LastIndex(file, "@")+1:]; sum(read(file))[:12]+".dmn" != version {
			fault("%s: not of this version", file)
		}
	}
	if faults > 0 {
		fmt.Printf("%d fault(s) 处有误\n", faults)
		os.Exit(1)
	}
	fmt.Printf("OK 全部相符: %d facts 条事实, tree of 树 %d\n", count, t.size)
}
