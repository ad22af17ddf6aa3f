// An independent reader of our logs: golang.org/x/mod/sumdb/note and sumdb/tlog, as Debian has them.
//
//	check log LOG VKEYFILE      opens the checkpoint, recomputes every leaf hash from the bundles, reads
//	                            the tiles, checks inclusion of records and consistency of kept sizes
//	check sign KEYFILE TEXT     signs a text with a private key (made here or by evenhand)
//	check key NAME              makes a key: private and public line
package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
	return value
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "check: "+format+"\n", values...)
	os.Exit(1)
}

// c2spPath is the path of a tile in C2SP tlog-tiles: as sumdb's, without the height, and "entries"
// in place of "data".
func c2spPath(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", t.H))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

type folder string

func (f folder) Height() int                                { return 8 }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), c2spPath(tile)))
		if os.IsNotExist(err) && tile.W < 256 { // a partial tile may go once the full one is there
			full := tile
			full.W = 256
			data, err = os.ReadFile(filepath.Join(string(f), c2spPath(full)))
			if err == nil {
				data = data[:tile.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// A checkpoint's text is a tree note of another first line.
func openCheckpoint(file string, verifier note.Verifier) (tlog.Tree, string) {
	opened := must(note.Open(must(os.ReadFile(file)), note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail("%s: not a checkpoint of %s", file, verifier.Name())
	}
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}, lines[0]
}

func entriesOf(log string, index int64, width int) [][]byte {
	data := must(os.ReadFile(filepath.Join(log, c2spPath(tlog.Tile{H: 8, L: -1, N: index, W: width}))))
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			fail("bundle %d ends early", index)
		}
		length := int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(entries) != width {
		fail("bundle %d has %d entries and not %d", index, len(entries), width)
	}
	return entries
}

func checkLog(log, keyFile string) {
	verifier := must(note.NewVerifier(strings.TrimSpace(string(must(os.ReadFile(keyFile))))))
	tree, _ := openCheckpoint(filepath.Join(log, "checkpoint"), verifier)

	// The whole tree again, from the entries alone.
	var stored []tlog.Hash
	fromEntries := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = stored[index]
		}
		return out, nil
	})
	leaves := make([]tlog.Hash, 0, tree.N)
	for bundle := int64(0); bundle*256 < tree.N; bundle++ {
		width := int64(256)
		if tree.N-bundle*256 < width {
			width = tree.N - bundle*256
		}
		for _, entry := range entriesOf(log, bundle, int(width)) {
			leaf := tlog.RecordHash(entry)
			stored = append(stored, must(tlog.StoredHashesForRecordHash(int64(len(leaves)), leaf, fromEntries))...)
			leaves = append(leaves, leaf)
		}
	}
	if root := must(tlog.TreeHash(tree.N, fromEntries)); root != tree.Hash {
		fail("the root of the entries is %v, the checkpoint's %v", root, tree.Hash)
	}

	// The tiles, authenticated against the checkpoint as a client does.
	tiles := tlog.TileHashReader(tree, folder(log))
	step := tree.N/2000 + 1
	proved := 0
	for n := int64(0); n < tree.N; n += step {
		hashes := must(tiles.ReadHashes([]int64{tlog.StoredHashIndex(0, n)}))
		if hashes[0] != leaves[n] {
			fail("leaf %d in its tile is not the hash of its entry", n)
		}
		proof := must(tlog.ProveRecord(tree.N, n, tiles))
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaves[n]); err != nil {
			fail("inclusion of %d: %v", n, err)
		}
		proved++
	}

	kept := must(filepath.Glob(filepath.Join(log, "checkpoints", "*")))
	for _, file := range kept {
		older, _ := openCheckpoint(file, verifier)
		if older.N == 0 {
			continue
		}
		proof := must(tlog.ProveTree(tree.N, older.N, tiles))
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
			fail("consistency of %d and %d: %v", older.N, tree.N, err)
		}
	}
	fmt.Printf("%d entries, %d inclusion proofs, %d kept checkpoints consistent\n", tree.N, proved, len(kept))
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "log" {
		checkLog(os.Args[2], os.Args[3])
	} else if len(os.Args) == 4 && os.Args[1] == "sign" {
		signer := must(note.NewSigner(strings.TrimSpace(string(must(os.ReadFile(os.Args[2]))))))
		os.Stdout.Write(must(note.Sign(&note.Note{Text: os.Args[3]}, signer)))
	} else if len(os.Args) == 3 && os.Args[1] == "key" {
		private, public, err := note.GenerateKey(rand.Reader, os.Args[2])
		must(0, err)
		fmt.Printf("%s\n%s\n", private, public)
	} else {
		fail("see the head of check.go")
	}
}
