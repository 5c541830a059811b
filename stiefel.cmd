@echo off
rem Runs Stiefel with a JDK 25 on Windows, wherever it is called from; the file "stiefel" does the same elsewhere. In a
rem checkout it first builds what has changed, with Maven; in an unpacked release (a lib folder lies beside this file)
rem it never builds. STIEFEL_JAVA_OPTS adds options of the JVM.
rem
rem Delayed expansion is off, so that an exclamation mark in an argument or a path stays what it is. Paths may have
rem spaces, parentheses and ampersands: they are quoted wherever they are used, and never stand in a block.
setlocal EnableExtensions DisableDelayedExpansion

set "here=%~dp0"
if "%here:~-1%"=="\" set "here=%here:~0,-1%"
set "packed="
if exist "%here%\lib\" set "packed=yes"

call :find_jdk
if defined jdk goto have_jdk
if not defined seen set "seen=no Java at all"
set "message=needs a JDK 25; found %seen%; install one (such as Eclipse Temurin 25) or point JAVA_HOME at it"
goto die

:have_jdk
if defined packed goto use_release
set "state=%here%\cli\target\launcher"
call :is_fresh
if defined fresh goto use_build
call :build_once
if defined message goto die
goto use_build

:use_release
set "class_path=%here%\lib\*"
goto launch

:use_build
set "app="
for /f "usebackq delims=" %%L in ("%state%\current") do set "app=%%L"
set "class_path=%state%\%app%\*"

rem JavaCPP would cap memory outside the heap at four heaps. The JVM's own warnings belong on stderr. One thread
rem collects: the work happens outside the heap.
:launch
"%jdk%\bin\java.exe" ^
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ^
    -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 ^
    -Xlog:disable -Xlog:all=warning:stderr -Xlog:cds*=off:stderr -Xlog:aot*=off:stderr -XX:+UseSerialGC ^
    %STIEFEL_JAVA_OPTS% -cp "%class_path%" dev.stiefel.cli.Main %*
exit /b %ERRORLEVEL%

rem Ends with the text of "message", which may have any characters.
:die
setlocal EnableDelayedExpansion
>&2 echo stiefel: !message!
exit /b 1

rem --- a JDK 25 ------------------------------------------------------------------------------------------------------

rem Sets "jdk", or else says in "seen" what was found instead.
:find_jdk
set "jdk="
set "seen="
if not defined JAVA_HOME goto java_on_path
set "candidate=%JAVA_HOME:"=%"
if "%candidate:~-1%"=="\" set "candidate=%candidate:~0,-1%"
call :try_jdk
:java_on_path
if defined jdk exit /b 0
for %%J in (java.exe) do set "on_path=%%~$PATH:J"
if not defined on_path goto usual_folders
for %%J in ("%on_path%") do set "candidate=%%~dpJ.."
for %%J in ("%candidate%") do set "candidate=%%~fJ"
call :try_jdk
:usual_folders
for /d %%D in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%ProgramFiles%\Zulu\*" "%ProgramFiles%\BellSoft\*" "%ProgramFiles%\Amazon Corretto\*" "%LOCALAPPDATA%\Programs\Eclipse Adoptium\*" "%USERPROFILE%\.jdks\*" "%USERPROFILE%\scoop\apps\*jdk*") do (
    set "candidate=%%~fD"
    call :try_jdk
    set "candidate=%%~fD\current"
    call :try_jdk
)
exit /b 0

rem Takes folder "candidate" if it holds a JDK 25. A checkout also needs its compiler.
:try_jdk
if defined jdk exit /b 0
if not exist "%candidate%\bin\java.exe" exit /b 0
set "version="
if not exist "%candidate%\release" goto ask_java
for /f "usebackq tokens=1,* delims==" %%A in ("%candidate%\release") do if "%%A"=="JAVA_VERSION" set "version=%%~B"
if defined version goto have_version
:ask_java
pushd "%candidate%\bin"
for /f "tokens=1,2,3" %%A in ('.\java.exe -XshowSettings:properties -version 2^>^&1 ^<nul') do if "%%A %%B"=="java.version =" set "version=%%C"
popd
if not defined version exit /b 0
:have_version
if "%version%"=="25" goto is_25
if "%version:~0,3%"=="25." goto is_25
if "%version:~0,3%"=="25+" goto is_25
if "%version:~0,3%"=="25-" goto is_25
if not defined seen set "seen=Java %version% in %candidate%"
exit /b 0
:is_25
if defined packed goto take_jdk
if exist "%candidate%\bin\javac.exe" goto take_jdk
set "seen=a Java 25 without a compiler in %candidate%"
exit /b 0
:take_jdk
set "jdk=%candidate%"
exit /b 0

rem --- building ------------------------------------------------------------------------------------------------------

rem What a build leaves: a folder of its own for each, so that a later one takes nothing from a program that runs;
rem "current" names the latest, and "sources" lists the files that it was built from, with their sizes and times.

rem Writes that list of what is there now to file "list".
:list_sources
pushd "%here%"
powershell -NoProfile -NonInteractive -Command "@(Get-Item pom.xml, */pom.xml) + @(Get-ChildItem -Recurse -File core/src/main, data/src/main, lab/src/main, cli/src/main, experiments) | Sort-Object FullName | ForEach-Object { $_.FullName + ' ' + $_.Length + ' ' + $_.LastWriteTimeUtc.Ticks } | Set-Content -Encoding UTF8 -LiteralPath $env:list" <nul
popd
exit /b 0

rem Sets "fresh" if the latest build is of these sources.
:is_fresh
set "fresh="
if not exist "%state%\current" exit /b 0
if not exist "%state%\sources" exit /b 0
set "app="
for /f "usebackq delims=" %%L in ("%state%\current") do set "app=%%L"
if not defined app exit /b 0
if not exist "%state%\%app%\stiefel-cli.jar" exit /b 0
set "list=%state%\sources.%RANDOM%%RANDOM%"
call :list_sources
fc /b "%list%" "%state%\sources" >nul 2>&1 && set "fresh=yes"
del /q "%list%" >nul 2>&1
exit /b 0

rem One build at a time; whoever waited finds it done. Sets "message" if there is none.
:build_once
set "message="
if not exist "%state%\" mkdir "%state%" 2>nul
if not exist "%state%\" set "message=cannot write %state%; make the checkout writable, or use an unpacked release"
if defined message exit /b 0
set /a waited=0
:wait_for_lock
mkdir "%state%\lock.d" 2>nul && goto locked
if %waited%==0 >&2 echo stiefel: waiting for another build ...
set /a waited+=1
if %waited% gtr 900 set "message=another build does not end, or was ended before it had; then remove %state%\lock.d"
if defined message exit /b 0
ping -n 2 127.0.0.1 >nul
goto wait_for_lock
:locked
call :is_fresh
if not defined fresh call :build
rmdir "%state%\lock.d"
exit /b 0

:build
call :check_maven
if defined message exit /b 0
set "why=first use"
if exist "%state%\current" set "why=sources changed"
>&2 echo stiefel: building (%why%) ...
del /q "%state%\sources" >nul 2>&1
set "list=%state%\sources.new"
call :list_sources
set "app=app.%RANDOM%%RANDOM%%RANDOM%"
mkdir "%state%\%app%"
rem Maven runs on the JDK that was found, so that it need not look for one itself.
set "JAVA_HOME=%jdk%"
pushd "%here%"
call mvn -q -B -ntp -Dquick -DskipTests -pl cli -am package dependency:copy-dependencies -DincludeScope=runtime -DexcludeGroupIds=dev.stiefel "-DoutputDirectory=%state%\%app%" >"%state%\build.log" 2>&1 <nul
set "code=%ERRORLEVEL%"
popd
if %code%==0 goto built
findstr /b /c:"[ERROR]" "%state%\build.log" >&2
set "message=the build failed; its log lies in %state%\build.log"
exit /b 0
:built
for %%M in (cli core data lab) do copy /y /b "%here%\%%M\target\quick\stiefel-%%M.jar" "%state%\%app%\" >nul
if not exist "%state%\%app%\stiefel-cli.jar" set "message=the build left no jars; its log lies in %state%\build.log"
if defined message exit /b 0
forfiles /p "%state%" /m app.* /d -7 /c "cmd /c if @isdir==TRUE rmdir /s /q @path" >nul 2>&1
>"%state%\current" echo %app%
move /y "%state%\sources.new" "%state%\sources" >nul
exit /b 0

:check_maven
set "remedy=install Maven 3.8 or newer (it is needed only to build)"
set "maven="
for /f "tokens=1,2,3" %%A in ('mvn -B -v 2^>nul ^<nul') do if "%%A %%B"=="Apache Maven" set "maven=%%C"
if not defined maven set "message=cannot build: no mvn on the PATH; %remedy%"
if defined message exit /b 0
for /f "tokens=1,2 delims=." %%A in ("%maven%") do (
    set "major=%%A"
    set "minor=%%B"
)
if %major% lss 3 goto old_maven
if %major% equ 3 if %minor% lss 8 goto old_maven
exit /b 0
:old_maven
set "message=cannot build: this is Maven %maven%; %remedy%"
exit /b 0
