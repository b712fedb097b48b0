# PowerShell completion for git hotfix. Into $PROFILE:
#   git-hotfix completions powershell | Out-String | Invoke-Expression

& {
    # The words before the cursor, and the one it is in.
    $answer = {
        param($wordToComplete, $commandAst, $cursorPosition)
        $words = @($commandAst.CommandElements |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or
                ($_.Extent.EndOffset -eq $cursorPosition -and $wordToComplete -eq '') } |
            ForEach-Object { if ($null -ne $_.Value) { "$($_.Value)" } else { $_.Extent.Text } })
        $start = 1
        if ($words.Count -gt 0 -and $words[0] -match '(^|[\\/])git(\.exe)?$') {
            if ($words.Count -lt 2 -or $words[1] -ne 'hotfix') { return }
            $start = 2
        }
        $before = @($words | Select-Object -Skip $start)
        $typed = $wordToComplete.Trim("'", '"')
        git-hotfix complete powershell $before.Count '--' @before $typed 2>$null | ForEach-Object {
            $text, $value, $about = $_ -split "`t", 3
            if ($text -ne '') {
                if (-not $about) { $about = $value }
                [System.Management.Automation.CompletionResult]::new(
                    $text, $value, 'ParameterValue', $about)
            }
        }
    }
    Register-ArgumentCompleter -Native -CommandName git-hotfix -ScriptBlock $answer
    # posh-git completes 'git' already, and there is one completer for a command.
    if (-not (Get-Module posh-git)) {
        Register-ArgumentCompleter -Native -CommandName git -ScriptBlock $answer
    }
}
