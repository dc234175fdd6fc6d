import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { describeVerifier } from './verify-contract.ts'
import { findPeer, run, SNIPPETS, start } from './verify-stage.ts'

const go = findPeer(['go', '/usr/lib/go/bin/go'], ['version'], 'Go')

const MAIN = `package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"

	"example/edgegate"
)

func main() {
	verifier := edgegate.New(os.Getenv("EDGEGATE_ISSUER"), os.Getenv("EDGEGATE_AUDIENCE"), os.Getenv("EDGEGATE_JWKS_URL"))
	if len(os.Args) > 1 {
		var tokens []string
		json.NewDecoder(os.Stdin).Decode(&tokens)
		verdicts := []bool{}
		for _, token := range tokens {
			_, err := verifier.Verify(token)
			verdicts = append(verdicts, err == nil)
		}
		json.NewEncoder(os.Stdout).Encode(verdicts)
		return
	}
	http.Handle("/", verifier.Require(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		fmt.Fprint(response, edgegate.VisitorOf(request.Context()).Subject())
	})))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("http://%s\\n", listener.Addr())
	panic(http.Serve(listener, nil))
}
`

if (go === null) test('edgegate.go', ({ skip }) => skip('Go is not installed here'))
else
  describe('built with the standard library alone', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'edgegate-go-'))
    const program = path.join(folder, 'program')
    beforeAll(() => {
      mkdirSync(path.join(folder, 'edgegate'))
      copyFileSync(`${SNIPPETS}/edgegate.go`, path.join(folder, 'edgegate/edgegate.go'))
      writeFileSync(path.join(folder, 'go.mod'), 'module example\n\ngo 1.19\n')
      writeFileSync(path.join(folder, 'main.go'), MAIN)
      const env = {
        ...process.env,
        GOPROXY: 'off',
        GOFLAGS: '-mod=mod',
        CGO_ENABLED: '0',
        GOTOOLCHAIN: 'local',
      }
      for (const words of [
        ['vet', './...'],
        ['build', '-o', program, '.'],
      ])
        execFileSync(go, words, { cwd: folder, env, stdio: 'pipe' })
    }, 180_000)
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    describeVerifier('edgegate.go', {
      start: (env) => start(program, [], env),
      route: '/',
      verifyDirectly: async (tokens, env) =>
        JSON.parse(await run(program, ['judge'], env, JSON.stringify(tokens))) as boolean[],
    })
  })
