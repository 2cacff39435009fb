internal import JobsRuntime

@main
struct DemoHost {
    static func main() async throws {}
}
